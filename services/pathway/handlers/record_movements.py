"""Records stated movements, folds the pathways of their persons again and publishes what changed."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Expectation
from services.pathway.domain.publication import change_of
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes
from services.pathway.storage import expectations as stored_expectations
from services.pathway.storage import movement_events, pathways
from services.pathway.storage.movement_events import MovementEvent
from shared.database.pool import Connection
from shared.events.admission import (
    Movement,
    MovementKind,
    MovementReassigned,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    is_movement,
)
from shared.events.envelope import RecordedEvent, TraceContext
from shared.spine.records.received import EventRejected

_KIND_OF_INSERT: Final[Mapping[type[Movement], MovementKind]] = {
    PatientAdmitted: "admission",
    PatientTransferred: "transfer",
    PatientDischarged: "discharge",
}


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
    now = dependencies.clock()
    await movement_events.add(connection, stated)
    person_ids = sorted({event.subject for event in events})
    histories = await movement_events.histories(connection, person_ids, with_those=stated)
    published = await stored_expectations.published_of(connection, person_ids)
    known = {person_id: fold(histories[person_id], dependencies.rules) for person_id in person_ids}
    await pathways.save(connection, known)
    causes = _causes(stated)
    changes = [
        change_of(
            published.get((person_id, expectation.expectation_id)),
            expectation,
            person_id=person_id,
            now=now,
            trace=_trace_of(expectation, person_id=person_id, causes=causes),
        )
        for person_id, pathway in known.items()
        for expectation in pathway.expectations
    ]
    await publish_changes(connection, changes, now=now)


def _causes(stated: Sequence[MovementEvent]) -> dict[UUID, TraceContext]:
    """The trace of the last event in the batch about each movement and each person."""
    causes: dict[UUID, TraceContext] = {}
    for event, movement in stated:
        causes[event.subject] = causes[movement.movement_id] = event.trace
    return causes


def _trace_of(
    expectation: Expectation, *, person_id: UUID, causes: Mapping[UUID, TraceContext]
) -> TraceContext:
    arrival = causes.get(expectation.arrival_movement_id) if expectation.arrival_movement_id else None
    return arrival or causes.get(expectation.departure_movement_id) or causes[person_id]


def _stated_by(event: RecordedEvent) -> Movement | MovementReassigned:
    movement = event.data
    if isinstance(movement, MovementReassigned):
        return movement
    if not is_movement(movement):
        raise EventRejected(event.event_id, "not about a movement")
    if _KIND_OF_INSERT.get(type(movement), movement.kind) != movement.kind:
        raise EventRejected(event.event_id, "the kind of movement is not that of the event")
    expected_at = movement.destination.expected_at if movement.destination else None
    for moment in (movement.occurred_at, movement.emitted_at, expected_at):
        if moment is not None and moment.utcoffset() is None:
            raise EventRejected(event.event_id, "a time without a time zone")
    return movement
