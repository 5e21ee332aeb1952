"""Folds the pathways of persons again, and publishes what changed of their expectations."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.pathway.domain.fold import fold
from services.pathway.domain.further.publication import change_of_further
from services.pathway.domain.pathway import Expectation, Pathway
from services.pathway.domain.publication import change_of
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes, publish_further
from services.pathway.storage import expectations as stored_expectations
from services.pathway.storage import further_expectations as stored_further
from services.pathway.storage import movement_events, pathways
from services.pathway.storage.movement_events import MovementEvent
from shared.database.pool import Connection
from shared.events.envelope import TraceContext

_UNTRACED: TraceContext = {}


async def fold_pathways(
    dependencies: Dependencies,
    connection: Connection,
    persons: Collection[UUID],
    *,
    because_of: Sequence[MovementEvent] = (),
) -> Mapping[UUID, Pathway]:
    """Fold each person's pathway as it is now, and publish what changed; the caller has locked the persons.

    `because_of` are stored events of theirs, not to be read back. A few statements, however many persons.
    """
    now = dependencies.clock()
    person_ids = sorted(persons)
    histories = await movement_events.histories(connection, person_ids, with_those=because_of)
    known = {person_id: fold(histories[person_id], dependencies.rules, now=now) for person_id in person_ids}
    await pathways.save(connection, known)
    expecting = {id_: each for id_, each in known.items() if each.expectations or each.further_expectations}
    if not expecting:
        return known
    causes = _causes(because_of)
    published = await stored_expectations.published_of(connection, expecting)
    changes = [
        change_of(
            published.get((person_id, expectation.expectation_id)),
            expectation,
            person_id=person_id,
            now=now,
            trace=_trace_of(expectation, person_id=person_id, causes=causes),
            overdue=False,  # that is the watch's to judge: more may be on its way
        )
        for person_id, pathway in expecting.items()
        for expectation in pathway.expectations
    ]
    await publish_changes(connection, changes, now=now)
    waiting = [person_id for person_id, pathway in expecting.items() if pathway.further_expectations]
    if not waiting:
        return known
    before = await stored_further.published_of(connection, waiting)
    await publish_further(
        connection,
        [
            change_of_further(
                before.get((person_id, each.expectation_id)),
                each,
                person_id=person_id,
                now=now,
                trace=causes.get(each.movement_id) or causes.get(person_id, _UNTRACED),
                overdue=False,
            )
            for person_id in waiting
            for each in known[person_id].further_expectations
        ],
        now=now,
    )
    return known


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
    return arrival or causes.get(expectation.departure_movement_id) or causes.get(person_id, _UNTRACED)
