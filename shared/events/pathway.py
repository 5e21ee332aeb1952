"""Defines what pathway publishes: expectations and ruptures; the subject is always the person."""

from typing import Final, Literal
from uuid import UUID

from shared.events.admission import ReassignmentReason
from shared.events.envelope import Moment, Payload


class _Arrival(Payload, frozen=True, kw_only=True):
    """An arrival that should follow a departure towards another establishment."""

    expectation_id: UUID
    departure_movement_id: UUID
    from_establishment: str
    to_establishment: str
    departed_at: Moment
    due_at: Moment


class ExpectationOpened(_Arrival, frozen=True, kw_only=True):
    """A person left for another establishment and is expected there by `due_at`."""


class ExpectationMet(_Arrival, frozen=True, kw_only=True):
    """The person arrived; `late` when that was after `due_at`."""

    arrival_movement_id: UUID
    arrived_at: Moment
    late: bool


class ExpectationWithdrawn(_Arrival, frozen=True, kw_only=True):
    """Nothing is expected any more: the departure was cancelled or changed, or the wait ended otherwise."""

    ended_as: str | None = None
    """How the wait ended without the arrival; None when the departure itself does not hold any more.

    `elsewhere`: admitted at a third establishment. `returned`: back where the person left. `closed`: a person
    of one of both establishments, or an operator, said so with a reason. More may come: read others as None.
    """
    ended_at: Moment | None = None
    ended_by_movement_id: UUID | None = None
    """The movement that shows it; None when a person closed it."""

    reassigned: ReassignmentReason | None = None
    """Why the departure is no fact of this person any more, where that is so."""


class RuptureOpened(_Arrival, frozen=True, kw_only=True):
    """`due_at` passed without an arrival. `rupture_id` is the expectation's id."""

    rupture_id: UUID
    kind: Literal["arrival_overdue"] = "arrival_overdue"


class RuptureClosed(_Arrival, frozen=True, kw_only=True):
    """The rupture is over: the person arrived late, or nothing is expected any more."""

    rupture_id: UUID
    closed_at: Moment
    reason: Literal["arrived", "withdrawn"]
    kind: Literal["arrival_overdue"] = "arrival_overdue"
    ended_as: str | None = None
    """As in `ExpectationWithdrawn`; the reason is `withdrawn` then."""
    reassigned: ReassignmentReason | None = None
    """Why the departure is no fact of this person any more, where that is so."""


class FurtherExpectationStated(Payload, frozen=True, kw_only=True):
    """Something else is expected of a person, as `kind` says, and this is how it stands; the last one holds.

    A reader passes over a kind or a state that it does not know.
    """

    expectation_id: UUID
    kind: str
    """`return`: of the person, from a leave."""
    movement_id: UUID
    """The movement that leads to expect it."""
    stay_id: UUID
    establishment: str
    since: Moment
    due_at: Moment
    state: str
    """open, overdue, met, met_late, ended (it cannot come any more) or withdrawn."""
    ended_at: Moment | None = None
    ended_by_movement_id: UUID | None = None
    reassigned: ReassignmentReason | None = None
    """Why the movement is no fact of this person any more, where that is so."""


ExpectationEvent = ExpectationOpened | ExpectationMet | ExpectationWithdrawn | RuptureOpened | RuptureClosed
EXPECTATION_EVENTS: Final[tuple[type[ExpectationEvent], ...]] = (
    ExpectationOpened,
    ExpectationMet,
    ExpectationWithdrawn,
    RuptureOpened,
    RuptureClosed,
)
"""What is published about an arrival that should follow a departure."""


def is_found_overdue(data: Payload) -> bool:
    """Whether it says that something did not come in time: that is the case from when it is found."""
    return isinstance(data, RuptureOpened) or (
        isinstance(data, FurtherExpectationStated) and data.state == "overdue"
    )
