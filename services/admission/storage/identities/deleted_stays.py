"""Holds the SQL of stays that were deleted."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from services.admission.domain.identities.deletion import DeletedStay
from services.admission.domain.identities.reassignment import StayMove
from shared.database.pool import Connection, Executor

# The newest deletion of a person's stay counts, whichever comes last.
_KEEP: Final = """
INSERT INTO deleted_stays AS known (stay_id, emitted_at, source_id, person_id)
SELECT stay_id, $2, $3, $4 FROM unnest($1::uuid[]) AS s (stay_id)
ON CONFLICT (stay_id, person_id) DO UPDATE
SET emitted_at = excluded.emitted_at, source_id = excluded.source_id
WHERE known.emitted_at < excluded.emitted_at
"""
_MOVES: Final = "SELECT stay_id, former, to_person, decided_at FROM stay_moves WHERE stay_id = ANY ($1)"


async def keep(connection: Connection, deleted: Sequence[DeletedStay]) -> None:
    """Record the stays of one statement."""
    first = deleted[0]
    stay_ids = [each.stay_id for each in deleted]
    await connection.execute(_KEEP, stay_ids, first.emitted_at, first.source_id, first.person_id)


async def moves_of(connection: Executor, stay_ids: Collection[UUID]) -> list[StayMove]:
    """What anybody said of whose these stays are."""
    return [StayMove(*row) for row in await connection.fetch(_MOVES, list(stay_ids))]
