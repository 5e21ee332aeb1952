"""Writes that a person told the recipient, and closes the task that this ends."""

from datetime import datetime
from typing import Final
from uuid import UUID

from shared.database.pool import Connection

_NOTE: Final = """
UPDATE obligations SET human_at = $2, human_by = $3, human_source = $4 WHERE obligation_id = $1
"""
_CLOSE_TASK: Final = """
UPDATE human_tasks SET closed_at = $2 WHERE obligation_id = $1 AND closed_at IS NULL
"""


async def record_resolution(
    connection: Connection,
    obligation_id: UUID,
    *,
    at: datetime,
    by: bytes | None,
    source: UUID,
    now: datetime,
) -> None:
    """Record who said so and when, and close the task; the caller has locked the obligation."""
    await connection.execute(_NOTE, obligation_id, at, by, source)
    await connection.execute(_CLOSE_TASK, obligation_id, now)
