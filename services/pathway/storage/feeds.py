"""Stores until when each establishment's feed is known to be current, by the emission of its statements.

What was heard is only added, so that batches of several partitions never wait for one another; after a while
it is settled into one row for each establishment.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from shared.database.pool import Connection, Executor

_SETTLE: Final = """
WITH settled AS (
    DELETE FROM feed_hearings WHERE hearing_id IN (
        SELECT hearing_id FROM feed_hearings WHERE heard_at <= $1 FOR UPDATE SKIP LOCKED
    ) RETURNING establishment, emitted_at, legal_entity
)
INSERT INTO feeds (establishment, current_until, legal_entity)
SELECT establishment, max(emitted_at), max(legal_entity) FROM settled
GROUP BY establishment ORDER BY establishment
ON CONFLICT (establishment) DO UPDATE
    SET current_until = greatest(feeds.current_until, excluded.current_until),
        legal_entity = coalesce(excluded.legal_entity, feeds.legal_entity)
"""

_LAG: Final = "SELECT min(heard_at - recorded_at) FROM feed_hearings WHERE heard_at > $1"

# A legal entity is as current as the site that was silent for longest: whoever is expected may be at any.
_CURRENT_UNTIL: Final = """
SELECT expected AS establishment, min(current_until) AS current_until
FROM unnest($1::text[]) AS expected JOIN feeds ON expected IN (establishment, legal_entity)
GROUP BY expected
"""


async def settle(connection: Executor, *, heard_by: datetime) -> None:
    """Take what was heard by then as settled."""
    await connection.execute(_SETTLE, heard_by)


async def lag_since(connection: Connection, moment: datetime) -> timedelta | None:
    """How old the newest of what was heard since then was; `None` when nothing was heard."""
    lag: timedelta | None = await connection.fetchval(_LAG, moment)
    return lag


async def current_until(connection: Connection, establishments: Collection[str]) -> dict[str, datetime]:
    """The newest settled emission of each of which there is one; of a legal entity, by all of its sites."""
    rows = await connection.fetch(_CURRENT_UNTIL, list(establishments))
    return {row["establishment"]: row["current_until"] for row in rows}
