"""Reads and resolves rows of the table `parked`.

A resolved row is applied or dismissed. A transaction that resolves one must first hold all positions
(`checkpoint.lock_all`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from shared.database.pool import Connection, Executor
from shared.spine.records.incoming import Stream

Row = Any
"""A row of `parked`, with all its columns."""

_LIST: Final = """
SELECT * FROM parked
WHERE id > $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR reason = $3)
    AND ($4::text IS NULL OR publisher = $4)
ORDER BY id LIMIT $5
"""
_COUNT: Final = """
SELECT count(*) FROM parked
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR reason = $2)
    AND ($3::text IS NULL OR publisher = $3)
"""
_GET: Final = "SELECT * FROM parked WHERE id = $1"
_STREAM: Final = """
SELECT * FROM parked WHERE publisher = $1 AND subject = $2 AND state = 'parked' ORDER BY sequence, id
"""
# An event that waits for an earlier one is left out: it is retried in its stream, after that one.
_NEXT_HEAD: Final = """
SELECT * FROM parked AS head
WHERE state = 'parked' AND id > $1 AND ($2::text IS NULL OR reason = $2)
    AND ($3::text IS NULL OR publisher = $3)
    AND NOT EXISTS (
        SELECT FROM parked AS earlier
        WHERE earlier.state = 'parked' AND earlier.publisher = head.publisher
            AND earlier.subject = head.subject AND earlier.sequence < head.sequence
    )
ORDER BY id LIMIT 1
"""
# The content is about a person and serves no purpose any more: the publisher's ledger has it.
_RESOLVE: Final = """
UPDATE parked SET state = $2, settled_at = $3, settled_by = $4, settled_because = $5,
    key = NULL, headers = '[]', value = NULL
WHERE id = $1 AND state = 'parked'
"""
_KEEP_PARKED: Final = "UPDATE parked SET reason = $2 WHERE id = $1 AND state = 'parked'"


class ParkedFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Selects rows; a field that is None selects any value."""

    state: str | None = None
    reason: str | None = None
    publisher: str | None = None


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """Who resolved an event, when, and why."""

    at: datetime
    by: str
    because: str | None = None


async def page(pool: Executor, filters: ParkedFilter, *, after: int, limit: int) -> list[Row]:
    """Return a page of rows, oldest first."""
    return await pool.fetch(_LIST, after, filters.state, filters.reason, filters.publisher, limit)


async def count(pool: Executor, filters: ParkedFilter) -> int:
    """Count the rows of all pages."""
    number: int = await pool.fetchval(_COUNT, filters.state, filters.reason, filters.publisher)
    return number


async def one(pool: Executor, parked_id: int) -> Row | None:
    """Return one row, if it exists."""
    return await pool.fetchrow(_GET, parked_id)


async def still_parked(pool: Executor, stream: Stream) -> Sequence[Row]:
    """Return the parked rows of a stream in sequence order: the first one holds up the others."""
    return await pool.fetch(_STREAM, *stream)


async def next_head(pool: Executor, filters: ParkedFilter, *, after: int) -> Row | None:
    """Return the next parked row that no earlier one of its stream holds up."""
    return await pool.fetchrow(_NEXT_HEAD, after, filters.reason, filters.publisher)


async def resolve(connection: Connection, parked_id: int, state: str, resolution: Resolution) -> bool:
    """Set a parked row to `applied` or `dismissed`, erase its content; false when it was resolved before."""
    done = await connection.execute(
        _RESOLVE, parked_id, state, resolution.at, resolution.by, resolution.because
    )
    return done == "UPDATE 1"


async def keep_parked(pool: Executor, parked_id: int, reason: str) -> None:
    """Set the reason of an event that was retried and is still wrong."""
    await pool.execute(_KEEP_PARKED, parked_id, reason)


def stream_of(row: Row) -> Stream | None:
    """Return publisher and subject; None when the record could not be read that far."""
    publisher: str | None = row["publisher"]
    subject: UUID | None = row["subject"]
    return None if publisher is None or subject is None else (publisher, subject)
