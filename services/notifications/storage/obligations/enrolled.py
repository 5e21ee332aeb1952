"""Reads who has a circle, page by page, and the ids of their obligations."""

from collections import defaultdict
from collections.abc import Collection
from typing import Final
from uuid import UUID

from shared.database.pool import Executor

_NEXT: Final = """
SELECT person_id FROM (SELECT person_id FROM members UNION SELECT person_id FROM shared_circles) AS enrolled
WHERE $1::uuid IS NULL OR person_id > $1 ORDER BY person_id LIMIT $2
"""
_OBLIGATIONS: Final = "SELECT person_id, obligation_id FROM obligations WHERE person_id = ANY ($1)"


async def next_persons(connection: Executor, after: UUID | None, *, limit: int) -> list[UUID]:
    """Persons who have or had a circle, those that come after this one."""
    return [row["person_id"] for row in await connection.fetch(_NEXT, after, limit)]


async def obligation_ids(connection: Executor, person_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Person -> the obligations there are."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await connection.fetch(_OBLIGATIONS, list(person_ids)):
        found[row["person_id"]].add(row["obligation_id"])
    return found
