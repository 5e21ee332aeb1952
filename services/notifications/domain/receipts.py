"""What do delivery reports say together? Delivered outranks undelivered, which outranks sent."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from services.notifications.domain.attempt import AttemptStatus

ReportState = Literal["delivered", "undelivered", "sent", "buffered", "rejected"]

_RANK: Final[Mapping[ReportState, int]] = {
    "buffered": 0,
    "sent": 1,
    "rejected": 2,
    "undelivered": 2,
    "delivered": 3,
}
_MEANS: Final[Mapping[int, AttemptStatus]] = {
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
    meant = _MEANS[rank]
    if meant == "accepted":
        return "accepted" if status in _UNANSWERED else status
    return meant if _STRENGTH[meant] > _STRENGTH.get(status, 0) else status
