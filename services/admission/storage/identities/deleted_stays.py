"""Holds the SQL of stays that were deleted."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from services.admission.domain.identities.deletion import DeletedStay
from shared.database.pool import Connection, Executor

# The newest deletion of a stay counts, whichever comes last.
_KEEP: Final = """
INSERT INTO deleted_stays AS known (stay_id, emitted_at, source_id, person_id)
SELECT stay_id, $2, $3, $4 FROM unnest($1::uuid[]) AS s (stay_id)
ON CONFLICT (stay_id) DO UPDATE
SET emitted_at = excluded.emitted_at, source_id = excluded.source_id, person_id = excluded.person_id
WHERE known.emitted_at < excluded.emitted_at
"""
_MOVED_TO: Final = "SELECT DISTINCT to_person FROM stay_moves WHERE stay_id = ANY ($1)"


async def keep(connection: Connection, deleted: Sequence[DeletedStay], *, person_id: UUID) -> None:
    """Record the stays of one statement."""
    first = deleted[0]
    stay_ids = [each.stay_id for each in deleted]
    await connection.execute(_KEEP, stay_ids, first.emitted_at, first.source_id, person_id)


async def moved_to(connection: Executor, stay_ids: Collection[UUID]) -> set[UUID]:
    """The persons to whom somebody moved any of these stays, before any merge."""
    return {row["to_person"] for row in await connection.fetch(_MOVED_TO, list(stay_ids))}
