"""Holds the SQL about which persons are one."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from services.admission.domain.identities.merges import Merge
from shared.database.pool import Connection, Executor

_FIND: Final = "SELECT * FROM merges WHERE merge_id = $1"
_CONNECTED: Final = """
WITH RECURSIVE one (person_id) AS (
    SELECT unnest($1::uuid[])
    UNION
    SELECT CASE merges.surviving WHEN one.person_id THEN merges.merged ELSE merges.surviving END
    FROM one JOIN merges ON is_merged AND one.person_id IN (merges.surviving, merges.merged)
)
SELECT merges.* FROM merges
WHERE is_merged AND surviving IN (SELECT person_id FROM one)
"""
_SAVE: Final = """
INSERT INTO merges (merge_id, surviving, merged, revision, is_merged, stated_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (merge_id) DO UPDATE SET revision = excluded.revision, is_merged = excluded.is_merged
"""
_SURVIVE: Final = """
UPDATE persons SET survivor_id = nullif(s.survivor_id, s.person_id)
FROM unnest($1::uuid[], $2::uuid[]) AS s (person_id, survivor_id) WHERE persons.person_id = s.person_id
"""
# Whoever states a movement under a number is found by the movement; numbers without one are few.
_DECIDED_SCOPES: Final = """
SELECT person_id, scope FROM identifiers WHERE basis = 'decided' AND person_id = ANY ($1)
"""


async def find(connection: Executor, merge_id: UUID) -> Merge | None:
    """The merge as it was last stated; `None` when it never was."""
    row = await connection.fetchrow(_FIND, merge_id)
    return None if row is None else _merge(row)


async def connected(connection: Executor, persons: Collection[UUID]) -> list[Merge]:
    """The merges that hold now among all who are one with any of these persons."""
    return [_merge(row) for row in await connection.fetch(_CONNECTED, list(persons))]


async def save(connection: Connection, merge: Merge) -> None:
    """Store a merge as it is stated now."""
    await connection.execute(
        _SAVE,
        merge.merge_id,
        merge.surviving,
        merge.merged,
        merge.revision,
        merge.is_merged,
        merge.stated_by,
    )


async def survive(connection: Connection, survivors: Mapping[UUID, UUID]) -> None:
    """Record under whom everything is published of each person from now on."""
    await connection.execute(_SURVIVE, list(survivors), list(survivors.values()))


async def decided_scopes(connection: Executor, persons: Collection[UUID]) -> list[tuple[UUID, str]]:
    """The scopes in which somebody gave each of these persons a number."""
    return [
        (row["person_id"], row["scope"]) for row in await connection.fetch(_DECIDED_SCOPES, list(persons))
    ]


def _merge(row: Any) -> Merge:
    return Merge(**dict(row))
