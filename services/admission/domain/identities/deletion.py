"""Cancels what was stated of a stay that its establishment deleted, however late it comes; pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict

from services.admission.domain.identities.reassignment import Statement, StayMove
from shared.events.admission import (
    FURTHER_EVENTS,
    FurtherMovementCancelled,
    Movement,
    MovementCancelled,
    is_movement,
)
from shared.events.envelope import NewEvent, TraceContext


class DeletedStay(Struct, frozen=True):
    """A stay of which nothing holds that was emitted up to this moment."""

    stay_id: UUID
    emitted_at: datetime
    """When it was deleted, as its source says, or at the latest when its clock may have shown that."""
    source_id: UUID
    person_id: UUID
    """Whom its number named, before any merge: under the same number, others may have a stay of theirs."""

    def covers(self, movement: Movement) -> bool:
        """Whether the movement was stated of the stay before it was deleted."""
        return movement.stay_id == self.stay_id and _emission(movement) <= self.emitted_at

    def cancel(self, movement: Movement) -> Movement:
        """What takes the movement back."""
        is_further = isinstance(movement, FURTHER_EVENTS)
        type_ = FurtherMovementCancelled if is_further else MovementCancelled
        stated = {name: value for name, value in asdict(movement).items() if name in type_.__struct_fields__}
        own = {"emitted_at": self.emitted_at, "ordered_at": None, "source_id": self.source_id}
        return type_(**stated | own | {"restates": None, "reassigns": False})


Deleted = Mapping[tuple[UUID, UUID], DeletedStay]
"""The newest deletion of a stay, and of the person who had it or has it now (after merges)."""


def deleted_of(
    stays: Iterable[DeletedStay], moves: Sequence[StayMove], survivors: Mapping[UUID, UUID]
) -> Deleted:
    """Whose stays they concern: of those whom they name, and to whom somebody moved them from there."""
    found: dict[tuple[UUID, UUID], DeletedStay] = {}
    for stay in sorted(stays, key=lambda each: each.emitted_at):
        persons = {survivors.get(stay.person_id, stay.person_id)}
        for move in sorted(moves, key=lambda each: each.decided_at):
            if move.stay_id == stay.stay_id and survivors.get(move.former, move.former) in persons:
                persons.add(survivors.get(move.to_person, move.to_person))
        found |= {(stay.stay_id, person_id): stay for person_id in persons}
    return found


class Found(NamedTuple):
    """What there is of deleted stays."""

    stay_ids: set[UUID]
    covered: list[Movement]
    """What stands of them, and does not any more."""
    has_newer: bool
    """Whether something stands that was stated of them since."""


def look(held: Iterable[Sequence[Statement]], deleted: Mapping[UUID, DeletedStay]) -> Found:
    """What one person has of these stays; `held` are all statements about each movement."""
    stay_ids: set[UUID] = set()
    standing: list[Movement] = []
    for statements in held:
        newest = what_stands(statements)
        stay_id = (newest or statements[-1].data).stay_id
        if stay_id in deleted:
            stay_ids.add(stay_id)
            standing += [newest] if newest is not None else []
    covered = [each for each in standing if deleted[each.stay_id].covers(each)]
    return Found(stay_ids, covered, len(covered) < len(standing))


def what_stands(statements: Sequence[Statement]) -> Movement | None:
    """The newest content of a movement, of which these are all statements; `None` where it is cancelled."""
    in_order = [each.data for each in statements]  # of receipt
    stated = [place for place, each in enumerate(in_order) if not isinstance(each, MovementCancelled)]
    if not stated:
        return None
    # Of several at one moment, the one that came last; a cancel that came before all of them outlasts them.
    last = max(range(len(in_order)), key=lambda place: (_emission(in_order[place]), place < stated[0], place))
    return in_order[last] if last in stated else None


def cancel_event(
    movement: Movement, deleted: DeletedStay, *, event_id: UUID, subject: UUID, trace: TraceContext
) -> NewEvent:
    """The event that takes the movement of this person back."""
    return NewEvent(
        event_id=event_id,
        subject=subject,
        occurred_at=movement.occurred_at,
        data=deleted.cancel(movement),
        trace=trace,
    )


def with_cancels(events: Iterable[NewEvent], deleted: Deleted, new_ids: Iterator[UUID]) -> Iterator[NewEvent]:
    """The events, each that comes late under a deleted stay after its cancel: so it never takes effect."""
    for event in events:
        movement = event.data
        if is_movement(movement) and not isinstance(movement, MovementCancelled):
            stay = deleted.get((movement.stay_id, event.subject))
            if stay is not None and stay.covers(movement):
                yield cancel_event(
                    movement, stay, event_id=next(new_ids), subject=event.subject, trace=event.trace
                )
        yield event


def _emission(movement: Movement) -> datetime:
    return movement.ordered_at or movement.emitted_at
