"""An obligation, its attempts, the states of both, and the status that people are shown.

The states of an obligation; it ends in exactly one outcome and never leaves it:

    planned -> suppressed* | scheduled -> due -> in_progress
            -> informed* | acknowledged* | handled_by_human* | superseded* | expired*      (* terminal)

Suppressed, superseded and expired are reached from every state before them, and so are acknowledged and
handled_by_human from those after planned: a person may be faster than we are; in_progress with the first
attempt. `planned` lasts within one transaction, and so does `due`, unless it must wait for its turn.
`expired` opens a task for a person: it is a visible outcome, not a loss.

The states of an attempt, which is a row before it is a call, so that none is `created` in the database:

    created -> claimed -> accepted | rejected_temporarily | rejected_permanently | unknown
    accepted | unknown -> delivered | undelivered | no_receipt       (a report may come before the answer)
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, get_args
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName, Role
from services.notifications.domain.obligations.catalogue import (
    FACT_KINDS,
    STALE_AFTER,
    corrected,
    fact_of,
    is_corrected,
    is_retracted,
)
from services.notifications.domain.obligations.statements import LOCATION
from services.notifications.domain.obligations.verdict import Suppression
from shared.events.envelope import TraceContext
from shared.events.notifications import Outcome

AttemptStatus = Literal[
    "claimed",
    "accepted",
    "rejected_temporarily",
    "rejected_permanently",
    "unknown",
    "delivered",
    "undelivered",
    "no_receipt",
]

MAY_HAVE_REACHED: Final[frozenset[AttemptStatus]] = frozenset(
    ("accepted", "unknown", "delivered", "undelivered", "no_receipt")
)
"""The provider took it, or may have: a correction is owed, and sending again may repeat it."""

AWAITED: Final[frozenset[AttemptStatus]] = frozenset(("claimed", "accepted", "unknown"))
"""An answer or a report may still come."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try over one channel."""

    attempt_id: UUID
    number: int
    """Within its obligation, from 1."""
    step: int
    """One channel each, from 1."""
    channel: ChannelName
    status: AttemptStatus
    claimed_at: datetime
    answered_at: datetime | None = None
    """When the provider answered, or last reported."""

    @property
    def may_have_reached(self) -> bool:
        return self.status in MAY_HAVE_REACHED


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


OpenStatus = Literal["planned", "scheduled", "due", "in_progress"]
Status = OpenStatus | Outcome

TERMINAL: Final[tuple[Outcome, ...]] = get_args(Outcome)

_NOT_INFORMED: Final[tuple[Status, ...]] = ("suppressed", "superseded", "expired")
_BY_PERSON: Final[tuple[Status, ...]] = ("acknowledged", "handled_by_human")
_INFORMED: Final[tuple[Status, ...]] = ("informed", *_BY_PERSON)

TRANSITIONS: Final[Mapping[Status, tuple[Status, ...]]] = {
    "planned": ("scheduled", *_NOT_INFORMED),
    "scheduled": ("due", "in_progress", *_BY_PERSON, *_NOT_INFORMED),
    "due": ("scheduled", "in_progress", *_BY_PERSON, *_NOT_INFORMED),
    "in_progress": (*_INFORMED, *_NOT_INFORMED),
    "informed": (),
    "acknowledged": (),
    "handled_by_human": (),
    "superseded": (),
    "suppressed": (),
    "expired": (),
}


def status_after_reports(status: AttemptStatus, reports: Iterable[ReportState]) -> AttemptStatus:
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


def may_become(status: Status, wanted: Status) -> bool:
    """Whether the state machine has this transition; terminal states have none."""
    return wanted in TRANSITIONS[status]


class End(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How an obligation ends, as a decision."""

    outcome: Outcome
    reason: str
    superseded_by: UUID | None = None


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient must be told of one event, with everything tried so far."""

    obligation_id: UUID
    event_id: UUID
    recipient_id: UUID
    person_id: UUID
    recipient_role: Role
    kind: str
    stated_by: str
    aspect: str
    """What the news is about: news of one aspect reaches a recipient in the order it happened."""
    fact_key: str
    said: str
    """Stands for the words of the fact: equal for equal words."""
    shown_kind: str
    """The fact that the words tell of; differs from that of `kind` where one fact ends by another."""
    fact_occurred_at: datetime
    fact_recorded_at: datetime
    fact_sequence: int
    status: Status
    barred_by: Suppression | None = None
    """Found while something was still open: not sent again, for this reason."""
    silent_from: datetime | None = None
    """When a death that is dated ahead comes, from which on it is told no more."""
    superseded_by: UUID | None = None
    """The event that made it old news, found while something was still open."""
    lane: ChannelName
    held: bool = False
    """Quiet hours delayed it."""
    not_before: datetime
    """When it may be sent first: as planned, or once quiet hours end."""
    deadline: datetime
    expires_at: datetime
    zone: str | None = None
    """IANA name of the time zone in which the fact happened, as far as its event names it."""
    trace: TraceContext = {}
    """Of the span that applied the event."""
    human_at: datetime | None = None
    """When a person told the recipient, or the recipient said that they know."""
    attempts: tuple[Attempt, ...] = ()

    def attempt(self, attempt_id: UUID) -> Attempt | None:
        """One of its attempts by its id."""
        return next((each for each in self.attempts if each.attempt_id == attempt_id), None)

    def barred_at(self, moment: datetime) -> Suppression | None:
        """Why it is not sent then, by the facts that were known when it was planned or read again."""
        if self.barred_by is None and self.silent_from is not None and self.silent_from <= moment:
            return "deceased"
        return self.barred_by

    @property
    def is_news(self) -> bool:
        """Not a correction, not a retraction."""
        return not is_corrected(self.kind) and not is_retracted(self.kind)

    @property
    def tells_of_discharge(self) -> bool:
        """As news or as its correction."""
        return fact_of(self.kind) == "discharge.occurred" and not is_retracted(self.kind)

    @property
    def is_late(self) -> bool:
        """Whether it is news of where the person is that became known long after it happened."""
        age = self.fact_recorded_at - self.fact_occurred_at
        return self.is_news and self.aspect == LOCATION and age > STALE_AFTER

    def was_in_time_as(self, peer: "Obligation") -> bool:
        """Whether the other owes the same news, not late: it was withheld then, and is owed again."""
        same = peer.fact_key == self.fact_key and peer.said == self.said
        return same and peer.is_news and peer.event_id != self.event_id and not peer.is_late

    @property
    def is_to_be_sent(self) -> bool:
        """It is open, and nothing known so far is against it."""
        return self.status not in TERMINAL and self.barred_by is None and self.superseded_by is None

    @property
    def told_at(self) -> datetime | None:
        """When the recipient was told, or may have been, the last time."""
        sent = [attempt.claimed_at for attempt in self.attempts if attempt.may_have_reached]
        return max([*sent, *([self.human_at] if self.human_at else [])], default=None)

    @property
    def in_flight(self) -> bool:
        return any(attempt.status == "claimed" for attempt in self.attempts)

    @property
    def delayed(self) -> bool:
        """It was not sent when it first could be."""
        return self.held or bool(self.attempts)

    @property
    def order(self) -> tuple[datetime, int]:
        """The order of its fact among facts of the same aspect."""
        return (self.fact_occurred_at, self.fact_sequence)


def wording_kind(obligation: Obligation) -> str:
    """The kind in whose words it is told: an overdue arrival is corrected by the arrival."""
    shown = next((kind for kind in FACT_KINDS if kind == obligation.shown_kind), None)
    if shown is None:
        return obligation.kind
    return corrected(shown) if is_corrected(obligation.kind) else shown


def displayed_status(obligation: Obligation) -> str:
    """One word for the whole obligation, from its state and its attempts; never stored."""
    match obligation.status:
        case "informed":
            return "delivered"
        case "acknowledged" | "handled_by_human":
            return "acknowledged"
        case "planned" | "suppressed" | "superseded" | "expired" as status:
            return status
        case _:
            return _of_open(obligation)


def counted_status(status: str) -> str:
    """The status as a receipt counts it: an outcome, or still pending."""
    return status if status in TERMINAL else "pending"


def _of_open(obligation: Obligation) -> str:
    if not obligation.attempts:
        return "scheduled"
    last = obligation.attempts[-1]
    match last.status:
        case "unknown":
            return "unknown"
        case "rejected_temporarily" | "rejected_permanently" | "undelivered" | "no_receipt":
            return "failed"
        case _:
            if last.step > 1:
                return "escalated"
            return "retried" if last.number > 1 else "sent"
