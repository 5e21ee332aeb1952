"""Defines the facts that the indicators rest on, one for each event, never changed once stored.

A fact keeps what its event stated and when the publisher recorded it. Everything else (the current content
of a movement, who is present) is derived, so it can be derived again as of any moment.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, TypeVar
from uuid import UUID

import msgspec

from shared.events.admission import (
    ClassOfStay,
    Mode,
    Movement,
    MovementReassigned,
    MovementUpdated,
    Place,
)
from shared.events.envelope import RecordedEvent
from shared.events.notifications import ObligationSettled, Outcome
from shared.events.pathway import (
    ExpectationEvent,
    ExpectationMet,
    ExpectationOpened,
    ExpectationWithdrawn,
    RuptureClosed,
    RuptureOpened,
)
from shared.stays.movements import OPTIONAL_FIELDS
from shared.stays.statements import ACTIONS, NO_SOURCE, Action, Statement

ExpectationStep = Literal["opened", "met", "withdrawn", "ended", "rupture_opened", "rupture_closed"]
"""`ended`: the person left and did not arrive; it is known that nobody needs to wait any more."""
Role = Literal["carer", "professional"]

_STEPS: Final[Mapping[type[ExpectationEvent], ExpectationStep]] = {
    ExpectationOpened: "opened",
    ExpectationMet: "met",
    ExpectationWithdrawn: "withdrawn",
    RuptureOpened: "rupture_opened",
    RuptureClosed: "rupture_closed",
}


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What every fact has: its event, the person, the event's number among the publisher's, its time."""

    event_id: UUID
    person_id: UUID
    sequence: int
    recorded_at: datetime


class MovementFact(Fact, frozen=True, kw_only=True):
    """A movement was inserted, updated or cancelled with this content."""

    action: Action
    movement_id: UUID
    stay_id: UUID
    kind: str
    establishment: str
    destination_establishment: str | None
    occurred_at: datetime
    emitted_at: datetime
    class_of_stay: ClassOfStay | None = None
    """`None` too for what was stored before it was kept: such a stay counts as one with a bed."""
    ordered_at: datetime | None = None
    """In place of `emitted_at`, where the source's clock was too far ahead."""
    names: str | None = None
    """The optional fields that an update states, separated by commas; `None` for all of them."""
    destination_mode: Mode | None = None
    """`None` too for what was stored before it was kept: such a discharge was by no death."""


class ReassignmentFact(Fact, frozen=True, kw_only=True):
    """A movement is no fact of this person any more, unless something is stated of it later."""

    movement_id: UUID
    establishment: str


class ExpectationFact(Fact, frozen=True, kw_only=True):
    """An arrival expected by `due_at` took this step."""

    step: ExpectationStep
    expectation_id: UUID
    from_establishment: str
    to_establishment: str
    due_at: datetime
    arrived_at: datetime | None


class ObligationFact(Fact, frozen=True, kw_only=True):
    """An obligation to tell someone was settled with this outcome."""

    obligation_id: UUID
    establishment: str
    recipient_role: Role
    outcome: Outcome
    fact_occurred_at: datetime
    fact_recorded_at: datetime
    settled_at: datetime


FactOfMovement = MovementFact | ReassignmentFact
"""What is known of a movement: its content, and that it is another person's."""

FactType = TypeVar("FactType", bound=Fact)


def recorded_by(facts: Iterable[FactType], as_of: datetime) -> list[FactType]:
    """Each fact that was recorded by `as_of`, once."""
    return list({fact.event_id: fact for fact in facts if fact.recorded_at <= as_of}.values())


def movement_fact(event: RecordedEvent, movement: Movement) -> MovementFact:
    """The fact that an event of admission states."""
    return MovementFact(
        event_id=event.event_id,
        person_id=event.subject,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        action=ACTIONS.get(type(movement), "insert"),
        movement_id=movement.movement_id,
        stay_id=movement.stay_id,
        kind=movement.kind,
        establishment=movement.establishment,
        destination_establishment=movement.destination.establishment if movement.destination else None,
        occurred_at=movement.occurred_at,
        emitted_at=movement.emitted_at,
        class_of_stay=movement.class_of_stay,
        ordered_at=movement.ordered_at,
        names=_names_of(movement),
        destination_mode=movement.destination.mode if movement.destination else None,
    )


def _names_of(movement: Movement) -> str | None:
    names = movement.names if isinstance(movement, MovementUpdated) else None
    return None if names is None else ",".join(names)


def reassignment_fact(event: RecordedEvent, reassigned: MovementReassigned) -> ReassignmentFact:
    """The fact that admission states of a movement that is another person's."""
    return ReassignmentFact(
        event_id=event.event_id,
        person_id=event.subject,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        movement_id=reassigned.movement_id,
        establishment=reassigned.establishment,
    )


def statement_of(fact: MovementFact) -> Statement:
    """What the fact says of its movement, for the reading that all services share."""
    mode, elsewhere = fact.destination_mode, fact.destination_establishment
    return Statement(
        event_id=fact.event_id,
        sequence=fact.sequence,
        recorded_at=fact.recorded_at,
        action=fact.action,
        movement_id=fact.movement_id,
        stay_id=fact.stay_id,
        kind=fact.kind,
        source_id=NO_SOURCE,
        establishment=fact.establishment,
        occurred_at=fact.occurred_at,
        emitted_at=fact.emitted_at,
        class_of_stay=fact.class_of_stay,
        ordered_at=fact.ordered_at,
        names=None if fact.names is None else tuple(each for each in OPTIONAL_FIELDS if each in fact.names),
        destination=Place(mode=mode or "other", establishment=elsewhere) if mode or elsewhere else None,
    )


def expectation_fact(event: RecordedEvent, expected: ExpectationEvent) -> ExpectationFact:
    """The fact that an event of pathway states."""
    return ExpectationFact(
        event_id=event.event_id,
        person_id=event.subject,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        step=_step_of(expected),
        expectation_id=expected.expectation_id,
        from_establishment=expected.from_establishment,
        to_establishment=expected.to_establishment,
        due_at=expected.due_at,
        arrived_at=expected.arrived_at if isinstance(expected, ExpectationMet) else None,
    )


def _step_of(expected: ExpectationEvent) -> ExpectationStep:
    """Back where the person left, the transfer did not take place: it counts as one that was withdrawn."""
    if isinstance(expected, ExpectationWithdrawn) and expected.ended_as in ("elsewhere", "closed"):
        return "ended"
    return _STEPS[type(expected)]


def obligation_fact(event: RecordedEvent, settled: ObligationSettled) -> ObligationFact:
    """The fact that an event of notifications states."""
    return ObligationFact(
        event_id=event.event_id,
        person_id=event.subject,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        obligation_id=settled.obligation_id,
        establishment=settled.establishment,
        recipient_role=settled.recipient_role,
        outcome=settled.outcome,
        fact_occurred_at=settled.fact_occurred_at,
        fact_recorded_at=settled.fact_recorded_at,
        settled_at=settled.settled_at,
    )
