"""Who may report on an attempt? Whoever holds its token, which only the provider was given."""

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class ReportCapability:
    """Signs and checks the tokens; `secret` is derived from the master key in the wiring."""

    secret: bytes = field(repr=False)

    def token(self, attempt_id: UUID) -> str:
        return hmac.new(self.secret, b"delivery-report:" + attempt_id.bytes, hashlib.sha256).hexdigest()[:32]

    def admits(self, attempt_id: UUID, token: str) -> bool:
        return hmac.compare_digest(self.token(attempt_id).encode(), token.encode())
