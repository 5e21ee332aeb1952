"""Takes back movements that admission never recorded, and what was expected because of them."""

from collections.abc import Sequence
from uuid import UUID

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.fold_pathways import fold_pathways
from services.pathway.handlers.forget_persons import end_of, end_of_further
from services.pathway.handlers.publish_changes import publish_changes, publish_further
from services.pathway.storage import expectations, further_expectations, movement_events, persons
from shared.database.pool import Connection

_WHY = "never_stated"


async def take_back_movements(
    dependencies: Dependencies, connection: Connection, event_ids: Sequence[UUID], _recorded: object
) -> None:
    """Fold the persons of these events again without them, and end what nothing leads to any more."""
    person_ids = await movement_events.persons_of(connection, event_ids)
    await persons.lock(connection, person_ids)
    await movement_events.remove(connection, event_ids)
    published = await expectations.published_of(connection, person_ids)
    further = await further_expectations.published_of(connection, person_ids)
    known = await fold_pathways(dependencies, connection, person_ids)
    now = dependencies.clock()
    left = {(person_id, each.expectation_id) for person_id in known for each in known[person_id].expectations}
    ended = [end_of(each, now=now, reason=_WHY) for key, each in published.items() if key not in left]
    await publish_changes(connection, ended, now=now)
    left = {
        (person_id, each.expectation_id)
        for person_id in known
        for each in known[person_id].further_expectations
    }
    ended_further = [end_of_further(each, now=now) for key, each in further.items() if key not in left]
    await publish_further(connection, ended_further, now=now)
