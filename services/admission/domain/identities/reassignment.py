"""Decides whose a movement is, and what to publish so that it is a fact of that person and of nobody else.

The newest statement about a movement says whose it is, by when its source emitted it, or at the latest by
when we recorded it, so that no clock that is ahead holds a movement for ever. What somebody decided holds
against whatever was stated before. The person who has a movement has all that was ever stated of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from shared.events.admission import Movement, MovementReassigned, ReassignmentReason, is_movement
from shared.events.envelope import NewEvent, RecordedEvent, TraceContext


class Statement(Struct, frozen=True, kw_only=True):
    """An event about a movement; `identity` is whom it names, `person_id` under whom that is published."""

    event_id: UUID
    identity: UUID
    person_id: UUID
    data: Movement
    recorded_at: datetime
    trace: TraceContext = {}

    @property
    def origin(self) -> UUID:
        """The event that stated this first."""
        return self.data.restates or self.event_id

    @property
    def counts_from(self) -> datetime:
        """When it was emitted, or at the latest when it was recorded: the statement of the latest counts."""
        return min(self.data.ordered_at or self.data.emitted_at, self.recorded_at)

    def event(self) -> NewEvent:
        return NewEvent(
            event_id=self.event_id,
            subject=self.person_id,
            occurred_at=self.data.occurred_at,
            data=self.data,
            trace=self.trace,
        )


class Holding(Struct, frozen=True, kw_only=True):
    """Whose a movement is, and everything stated of it, each statement once, oldest first."""

    identity: UUID
    person_id: UUID
    statements: tuple[Statement, ...] = ()
    decided_at: datetime | None = None

    def outdates(self, statement: Statement) -> bool:
        """Whether it says whose the movement is although this statement, which came later, differs."""
        if self.decided_at is not None and self.decided_at > statement.counts_from:
            return True
        return any(known.counts_from > statement.counts_from for known in self.statements)


class StayMove(Struct, frozen=True):
    """Somebody's word that a stay, whatever comes of it, is another person's; persons before any merge."""

    stay_id: UUID
    former: UUID
    to_person: UUID
    decided_at: datetime


class Taken(Struct, frozen=True):
    """Whose a movement is after a statement, and all that is published with the statement."""

    holding: Holding
    events: tuple[NewEvent, ...]


def take(holding: Holding | None, statement: Statement, new_ids: Iterator[UUID]) -> Taken:
    """Add a statement about a movement, which may name another person than the one who has it."""
    event = statement.event()
    mine = Holding(identity=statement.identity, person_id=statement.person_id, statements=(statement,))
    if holding is None:
        return Taken(mine, (event,))
    reassigned_to = partial(
        reassigned_events, reason="moved", at=statement.recorded_at, trace=statement.trace, new_ids=new_ids
    )
    if statement.identity != holding.identity and not holding.outdates(statement):
        given = reassigned_to(holding.statements, to_person=statement.person_id)
        moving = replace(statement, data=replace(statement.data, reassigns=True))
        return Taken(replace(mine, statements=(*holding.statements, moving)), (*given, moving.event()))
    given = reassigned_to([statement], to_person=holding.person_id)
    added = replace(statement, person_id=holding.person_id)
    return Taken(replace(holding, statements=(*holding.statements, added)), (event, *given))


def moved_before(
    statement: Statement, moves: Iterable[StayMove], survivors: Mapping[UUID, UUID]
) -> StayMove | None:
    """The last of the moves of its stay that says whose a new movement is, if it was stated before any.

    A move is of what its former person had by then; one that was decided before the statement counts nothing.
    """
    holder, last = statement.person_id, None
    for move in sorted(moves, key=lambda move: move.decided_at):
        is_earlier = move.decided_at <= statement.counts_from
        if is_earlier or move.stay_id != statement.data.stay_id:
            continue
        if survivors.get(move.former, move.former) == holder:
            holder, last = survivors.get(move.to_person, move.to_person), move
    return last


def reassigned_events(
    statements: Sequence[Statement],
    *,
    to_person: UUID,
    reason: ReassignmentReason,
    at: datetime,
    trace: TraceContext,
    new_ids: Iterator[UUID],
) -> list[NewEvent]:
    """Everything stated of a movement again under another person, and its end under the one who has it."""
    if not statements or statements[-1].person_id == to_person:
        return []
    last = statements[-1]
    ended = MovementReassigned(
        movement_id=last.data.movement_id,
        stay_id=last.data.stay_id,
        establishment=last.data.establishment,
        reason=reason,
        to_person=to_person,
    )
    return [
        *(_restated(statement, to_person, trace, next(new_ids)) for statement in statements),
        NewEvent(event_id=next(new_ids), subject=last.person_id, occurred_at=at, data=ended, trace=trace),
    ]


def _restated(statement: Statement, to_person: UUID, trace: TraceContext, event_id: UUID) -> NewEvent:
    return NewEvent(
        event_id=event_id,
        subject=to_person,
        occurred_at=statement.data.occurred_at,
        data=replace(statement.data, restates=statement.origin),
        trace=trace,
    )


def held_by(person_id: UUID, events: Iterable[RecordedEvent]) -> dict[UUID, list[Statement]]:
    """What was stated of each movement that a person has, by all the events published of that person.

    Each statement is there once, however often it was stated again, in the order of the last time.
    """
    held: dict[UUID, dict[UUID, Statement]] = defaultdict(dict)
    for event in sorted(events, key=lambda event: event.sequence):
        if isinstance(event.data, MovementReassigned):
            held.pop(event.data.movement_id, None)
        elif is_movement(event.data):
            statement = Statement(
                event_id=event.event_id,
                identity=person_id,
                person_id=person_id,
                data=event.data,
                recorded_at=event.recorded_at,
                trace=event.trace,
            )
            known = held[event.data.movement_id]
            known.pop(statement.origin, None)
            known[statement.origin] = statement
    return {movement_id: list(known.values()) for movement_id, known in held.items()}
