"""Stores which persons are one, and whose circles are shared because of it."""

from collections.abc import Sequence
from typing import Final

from services.notifications.domain.circle.merges import MergeStatement, shared_circles
from shared.database.pool import Connection

# One at a time: what is shared depends on every merge of the persons. Whoever waits here has locked its
# persons already, and locks none after it.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('merges'))"
_ADD: Final = """
INSERT INTO merges (merge_id, revision, person_id, merged, is_merged, stated_at)
SELECT DISTINCT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::bool[], $6::timestamptz[])
ON CONFLICT (merge_id, revision) DO NOTHING
"""
_REMOVE: Final = """
DELETE FROM merges USING unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[])
    AS gone (merge_id, revision, person_id, merged)
WHERE (merges.merge_id, merges.revision, merges.person_id, merges.merged)
    = (gone.merge_id, gone.revision, gone.person_id, gone.merged)
"""
_CONNECTED: Final = """
WITH RECURSIVE connected (person_id) AS (
    SELECT unnest($1::uuid[])
    UNION
    SELECT CASE merges.person_id WHEN connected.person_id THEN merges.merged ELSE merges.person_id END
    FROM connected JOIN merges ON connected.person_id IN (merges.person_id, merges.merged)
)
SELECT merge_id, revision, person_id AS surviving, merged, is_merged, stated_at AS recorded_at
FROM merges WHERE person_id IN (SELECT person_id FROM connected)
"""
_FORGET: Final = "DELETE FROM shared_circles WHERE person_id = ANY ($1)"
_SHARE: Final = """
INSERT INTO shared_circles (person_id, circle_of, since, until)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
"""


async def add(connection: Connection, statements: Sequence[MergeStatement]) -> None:
    """Store what is new, and whose circles are shared now."""
    await connection.execute(_LOCK)
    await connection.execute(
        _ADD,
        [each.merge_id for each in statements],
        [each.revision for each in statements],
        [each.surviving for each in statements],
        [each.merged for each in statements],
        [each.is_merged for each in statements],
        [each.recorded_at for each in statements],
    )
    await _share_anew(connection, statements)


async def remove(connection: Connection, statements: Sequence[MergeStatement]) -> None:
    """Remove what was never stated, and share circles as the other statements say."""
    await connection.execute(_LOCK)
    await connection.execute(
        _REMOVE,
        [each.merge_id for each in statements],
        [each.revision for each in statements],
        [each.surviving for each in statements],
        [each.merged for each in statements],
    )
    await _share_anew(connection, statements)


async def _share_anew(connection: Connection, statements: Sequence[MergeStatement]) -> None:
    persons = {person_id for each in statements for person_id in (each.surviving, each.merged)}
    known = [MergeStatement(**row) for row in await connection.fetch(_CONNECTED, list(persons))]
    shared = shared_circles(known)
    persons |= {person_id for each in known for person_id in (each.surviving, each.merged)}
    await connection.execute(_FORGET, list(persons))
    await connection.execute(
        _SHARE,
        [each.person_id for each in shared],
        [each.circle_of for each in shared],
        [each.since for each in shared],
        [each.until for each in shared],
    )
