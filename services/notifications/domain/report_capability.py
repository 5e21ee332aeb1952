"""Who may report on an attempt? Whoever holds its token, which only the provider was given."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


class KeyedHash(Protocol):
    """What derives a secret from the master key: the vault."""

    def blind_index(self, *parts: str) -> bytes: ...


@dataclass(frozen=True)
class ReportCapability:
    """Signs and checks the tokens."""

    secret: bytes = field(repr=False)

    def token(self, attempt_id: UUID) -> str:
        return hmac.new(self.secret, attempt_id.bytes, hashlib.sha256).hexdigest()[:32]

    def admits(self, attempt_id: UUID, token: str) -> bool:
        return hmac.compare_digest(self.token(attempt_id).encode(), token.encode())


def capability_of(keyed: KeyedHash) -> ReportCapability:
    """The same one in the process that sends and in the one that is called back."""
    return ReportCapability(keyed.blind_index("delivery-reports"))
