"""Holds the SQL of dialects: how each source writes ADT."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.admission.domain.adt.dialect import Dialect
from shared.database.pool import Connection, Executor

_OF: Final = "SELECT dialect FROM hl7v2_dialects WHERE source_id = $1"
_PUT: Final = """
INSERT INTO hl7v2_dialects (source_id, dialect, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (source_id) DO UPDATE SET dialect = excluded.dialect, changed_at = excluded.changed_at
"""
_SOURCE: Final = "SELECT establishment FROM sources WHERE source_id = $1"


async def dialect_of(connection: Executor, source_id: UUID) -> Dialect | None:
    """The dialect of the source; `None` while it has none of its own."""
    stored: str | None = await connection.fetchval(_OF, source_id)
    return None if stored is None else msgspec.json.decode(stored, type=Dialect)


async def put_dialect(connection: Connection, source_id: UUID, dialect: Dialect, *, at: datetime) -> None:
    """Let this be the dialect of the source."""
    await connection.execute(_PUT, source_id, msgspec.json.encode(dialect).decode(), at)


async def source_exists(connection: Executor, source_id: UUID) -> tuple[bool, str | None]:
    """Whether there is such a source, and whose it is."""
    row = await connection.fetchrow(_SOURCE, source_id)
    return (False, None) if row is None else (True, row["establishment"])
