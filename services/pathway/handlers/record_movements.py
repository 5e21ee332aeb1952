"""Records stated movements, folds the pathways of their persons again and publishes what changed."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.fold_pathways import fold_pathways
from services.pathway.storage import movement_events
from shared.database.pool import Connection
from shared.events.admission import (
    FURTHER_EVENTS,
    Movement,
    MovementKind,
    MovementReassigned,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    is_movement,
)
from shared.events.envelope import RecordedEvent
from shared.spine.records.received import EventRejected

_KIND_OF_INSERT: Final[Mapping[type[Movement], MovementKind]] = {
    PatientAdmitted: "admission",
    PatientTransferred: "transfer",
    PatientDischarged: "discharge",
}
_KINDS: Final = frozenset[str](_KIND_OF_INSERT.values())


async def record_movements(
    dependencies: Dependencies, connection: Connection, events: Sequence[RecordedEvent]
) -> None:
    """Store the events, fold each person's pathway again, and publish what changed.

    A few statements for the whole batch, however many persons it is about.

    Raises:
        EventRejected: an event that contradicts itself.
    """
    stated = [(event, _stated_by(event)) for event in events]
    if not stated:
        return
    await movement_events.add(connection, stated, heard_at=dependencies.clock())
    await fold_pathways(dependencies, connection, {event.subject for event in events}, because_of=stated)


def _stated_by(event: RecordedEvent) -> Movement | MovementReassigned:
    movement = event.data
    if isinstance(movement, MovementReassigned):
        return movement
    if not is_movement(movement):
        raise EventRejected(event.event_id, "not about a movement")
    further = movement if isinstance(movement, FURTHER_EVENTS) else None
    kind = _KIND_OF_INSERT.get(type(movement), movement.kind)
    if kind != movement.kind or (further is not None and kind in _KINDS):
        raise EventRejected(event.event_id, "the kind of movement is not that of the event")
    expected_at = movement.destination.expected_at if movement.destination else None
    back_at = None if further is None else further.expected_at
    for moment in (movement.occurred_at, movement.emitted_at, movement.ordered_at, expected_at, back_at):
        if moment is not None and moment.utcoffset() is None:
            raise EventRejected(event.event_id, "a time without a time zone")
    return movement
