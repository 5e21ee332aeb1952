"""Opens the ruptures that no event brings about, only the passing of time."""

from typing import Final

from services.pathway.domain.publication import change_of
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.publish_changes import publish_changes
from services.pathway.storage import expectations
from shared.database.pool import Connection

MAX_PERSONS: Final = 200


async def detect_overdue_expectations(
    dependencies: Dependencies, connection: Connection, *, limit: int = MAX_PERSONS
) -> int:
    """Publish what became overdue of the most urgent persons, and count them; at `limit` there may be more.

    Idempotent: what was published of an expectation is read under the lock of its person.
    """
    now = dependencies.clock()
    person_ids = await expectations.lock_persons_due(connection, now=now, limit=limit)
    published = await expectations.published_of(connection, person_ids)
    changes = [
        change_of(known, known.expectation, person_id=known.person_id, now=now, trace=known.trace)
        for known in published.values()
    ]
    await publish_changes(connection, changes, now=now)
    return len(person_ids)
