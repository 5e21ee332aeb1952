"""Stores one document per person, the pathway, which is replaced whole after every fold.

As `json`: kept as it was encoded, so that reading and writing it is no work for the database.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.pathway.domain.fold import next_plan
from services.pathway.domain.pathway import IN_PROGRESS, Pathway, Watched
from services.pathway.domain.showing import known_to
from shared.database.columns import sparse
from shared.database.pool import Connection, Executor

_SAVE: Final = """
UPDATE pathways SET document = s.document, in_progress_at = string_to_array(s.in_progress_at, ','),
    next_plan_at = s.next_plan_at, known_to = string_to_array(s.known_to, ',')
FROM unnest($1::uuid[], $2::json[], $3::text[], $4::timestamptz[], $5::text[])
    AS s (person_id, document, in_progress_at, next_plan_at, known_to)
WHERE pathways.person_id = s.person_id
"""

_READ: Final = "SELECT document FROM pathways WHERE person_id = $1"

# The document of somebody who is known to others is not even fetched: it takes as long as for nobody.
_READ_WATCHED: Final = """
SELECT document, ARRAY(
    SELECT json_build_object('expectation_id', expectation_id, 'overdue', state = 'overdue', 'closure',
        CASE WHEN closed_at IS NOT NULL THEN json_build_object('closed_at', closed_at, 'author', closed_by,
            'reason', closed_because) END)
    FROM expectations WHERE person_id = $1 AND (state = 'overdue' OR closed_at IS NOT NULL)
    UNION ALL SELECT json_build_object('expectation_id', expectation_id, 'overdue', state = 'overdue',
        'closure', document -> 'closure')
    FROM further_expectations
    WHERE person_id = $1 AND (state = 'overdue' OR document ->> 'closure' IS NOT NULL)
) AS watched FROM pathways WHERE person_id = $1 AND ($2::text[] IS NULL OR known_to && $2)
"""

_LOCK: Final = "SELECT FROM pathways WHERE person_id = $1 FOR UPDATE"

_IN_PROGRESS: Final = """
SELECT person_id, document FROM pathways
WHERE in_progress_at && $1::text[] AND person_id > $2 ORDER BY person_id LIMIT $3
"""

# Skips persons whom another transaction has locked: what it does includes what is done here.
_LOCK_PLANNED: Final = """
SELECT person_id FROM pathways WHERE next_plan_at <= $1 ORDER BY next_plan_at LIMIT $2
FOR UPDATE SKIP LOCKED
"""

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Pathway)


class WatchedRow(Watched, frozen=True, kw_only=True):
    """What the watch and persons say, and of which expectation."""

    expectation_id: UUID


_watched_decoder: Final = msgspec.json.Decoder(WatchedRow)


async def save(connection: Connection, pathways: Mapping[UUID, Pathway]) -> None:
    """Replace the documents of persons whom the caller has locked."""
    await connection.execute(
        _SAVE,
        list(pathways),
        [_encoder.encode(pathway).decode() for pathway in pathways.values()],
        [",".join(_in_progress_at(pathway)) for pathway in pathways.values()],
        sparse(next_plan(pathway) for pathway in pathways.values()),
        [",".join(known_to(pathway)) for pathway in pathways.values()],
    )


async def read(connection: Executor, person_id: UUID) -> Pathway | None:
    """The pathway; `None` when nothing was ever stated about the person."""
    document = await connection.fetchval(_READ, person_id)
    return _decoder.decode(document) if document is not None else None


async def read_watched(
    connection: Executor, person_id: UUID, *, establishments: Sequence[str] | None
) -> tuple[Pathway, dict[UUID, Watched]] | None:
    """The pathway, and which expectations are overdue or closed.

    `None` when nothing was ever stated, or nothing that one of the establishments (`None`: anybody) may
    know of.
    """
    row = await connection.fetchrow(_READ_WATCHED, person_id, establishments)
    if row is None or row["document"] is None:
        return None
    watched = map(_watched_decoder.decode, row["watched"])
    return _decoder.decode(row["document"]), {each.expectation_id: each for each in watched}


async def lock(connection: Connection, person_id: UUID) -> None:
    """Keep the person's pathway, if there is one, from changing until the end of the transaction."""
    await connection.execute(_LOCK, person_id)


async def with_stay_in_progress(
    connection: Executor, establishments: Sequence[str], *, after: UUID, limit: int
) -> list[tuple[UUID, Pathway]]:
    """Persons with a stay in progress in one of the establishments, by id, and their pathways."""
    rows = await connection.fetch(_IN_PROGRESS, list(establishments), after, limit)
    return [(row["person_id"], _decoder.decode(row["document"])) for row in rows]


async def lock_persons_with_plans(connection: Connection, *, by: datetime, limit: int) -> list[UUID]:
    """Lock persons with a movement that was planned for `by` or earlier, the earliest first."""
    return [row["person_id"] for row in await connection.fetch(_LOCK_PLANNED, by, limit)]


def _in_progress_at(pathway: Pathway) -> list[str]:
    return sorted({stay.establishment for stay in pathway.stays if stay.status in IN_PROGRESS})
