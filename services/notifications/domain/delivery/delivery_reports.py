"""Delivery reports of a provider: who may send them, and what all those on one attempt say together."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol
from uuid import UUID

from services.notifications.domain.obligations.obligation import AttemptStatus

ReportState = Literal["delivered", "undelivered", "sent", "buffered", "rejected"]

_RANK: Final[Mapping[ReportState, int]] = {
    "buffered": 0,
    "sent": 1,
    "rejected": 2,
    "undelivered": 2,
    "delivered": 3,
}
_STATUS_OF_RANK: Final[Mapping[int, AttemptStatus]] = {
    0: "accepted",
    1: "accepted",
    2: "undelivered",
    3: "delivered",
}
_UNANSWERED: Final[frozenset[AttemptStatus]] = frozenset(("claimed", "unknown"))
_STRENGTH: Final[Mapping[AttemptStatus, int]] = {"undelivered": 2, "delivered": 3}


def concluded(status: AttemptStatus, reports: Iterable[ReportState]) -> AttemptStatus:
    """The status of an attempt, given every report on it: late, repeated and reordered ones included.

    A report says that the provider had taken the message: it settles an unknown outcome, and may come
    before the provider's answer. It cannot undo a better one.
    """
    rank = max((_RANK[state] for state in reports), default=-1)
    if rank < 0:
        return status
    meant = _STATUS_OF_RANK[rank]
    if meant == "accepted":
        return "accepted" if status in _UNANSWERED else status
    return meant if _STRENGTH[meant] > _STRENGTH.get(status, 0) else status


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
