"""Takes back events that their publisher never recorded: what they did here, and the numbers that they took.

Their ids are kept, so that they are taken for nothing when they come again.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.spine.inbox import checkpoint
from shared.spine.records.received import ReceivedEvent

TakeBack = Callable[[Any, Connection, Sequence[UUID], Sequence[ReceivedEvent]], Awaitable[None]]
"""A use case that undoes what events did; takes the dependencies, the open transaction, the events' ids, and
everything that their publisher recorded of the same subjects."""

# Of those that were applied after all, the row in `parked` only says how they came to be.
_REMOVE: Final = """
WITH applied AS (
    DELETE FROM inbox WHERE publisher = $1 AND event_id = ANY($2::uuid[])
    RETURNING event_id, subject, sequence, recorded_at
), parked_ones AS (
    DELETE FROM parked WHERE publisher = $1 AND event_id = ANY($2::uuid[])
    RETURNING event_id, subject, sequence, recorded_at
), gone AS (
    SELECT * FROM applied UNION SELECT * FROM parked_ones
), opened AS (
    UPDATE seals SET state = 'open' WHERE publisher = $1 AND state <> 'open' AND window_start IN (
        SELECT date_trunc('hour', recorded_at, 'UTC') FROM gone
    )
)
INSERT INTO events_of_nobody (event_id, publisher, subject, sequence, recorded_at, taken_back_at)
SELECT DISTINCT ON (event_id) event_id, $1, subject, sequence, recorded_at, $3 FROM gone
ON CONFLICT DO NOTHING
RETURNING event_id, subject
"""
# What was missing before a number of nobody's is missing no more, unless a real one follows it.
_CLOSE_HOLES: Final = """
DELETE FROM holes WHERE publisher = $1 AND subject = ANY($2::uuid[]) AND NOT EXISTS (
    SELECT FROM inbox WHERE inbox.publisher = holes.publisher AND inbox.subject = holes.subject
        AND inbox.sequence > holes.sequence
)
"""


async def take_back(
    pool: Pool,
    publisher: str,
    event_ids: Collection[UUID],
    undo: Callable[[Connection, Sequence[UUID]], Awaitable[None]],
    *,
    now: datetime,
) -> list[UUID]:
    """Remove the events and, in the same commit, what they did (`undo`); the subjects whose numbers are free.

    No batch commits meanwhile. Raises whatever `undo` raised; then nothing has changed.
    """
    async with transaction(pool) as connection:
        await checkpoint.lock_all(connection)
        rows = await connection.fetch(_REMOVE, publisher, list(event_ids), now)
        subjects = sorted({row["subject"] for row in rows})
        if rows:
            await connection.execute(_CLOSE_HOLES, publisher, subjects)
            await undo(connection, [row["event_id"] for row in rows])
    return subjects
