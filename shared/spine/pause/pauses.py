"""Keeps the rows of `pauses`: who paused which part, since when, and why."""

from datetime import datetime
from typing import Final

from msgspec import Struct, convert

from shared.database.pool import Executor
from shared.spine.pause.gate import Part

_ALL: Final = "SELECT part, paused_by, because, paused_at FROM pauses ORDER BY paused_at, part"
_ADD: Final = """
INSERT INTO pauses (part, paused_by, because, paused_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
_END: Final = "DELETE FROM pauses WHERE part = $1 RETURNING paused_at"


class Pause(Struct, frozen=True, kw_only=True):
    """A part that is paused."""

    part: Part
    paused_by: str
    because: str
    paused_at: datetime


async def pauses(connection: Executor) -> list[Pause]:
    """All pauses, the oldest first."""
    return [convert(dict(row), Pause) for row in await connection.fetch(_ALL)]


async def add(connection: Executor, pause: Pause) -> bool:
    """Pause a part; false when it is paused already, and that pause stays as it was."""
    done = await connection.execute(_ADD, pause.part, pause.paused_by, pause.because, pause.paused_at)
    return done == "INSERT 0 1"


async def end(connection: Executor, part: Part) -> datetime | None:
    """Resume a part; since when it was paused, if it was."""
    since: datetime | None = await connection.fetchval(_END, part)
    return since
