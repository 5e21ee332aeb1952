"""Reads a group's table of effects: what it applied, how often, and in which order."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import msgspec

LOOK_SECONDS: Final = 0.1

CREATE: Final = """
CREATE TABLE effects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number bigint NOT NULL,
    event_id uuid NOT NULL,
    subject uuid NOT NULL,
    sequence bigint NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON effects (number);
"""
_COUNT: Final = "SELECT count(DISTINCT number) FROM effects WHERE number >= $1 AND number < $2"
_MOMENTS: Final = """
SELECT number, extract(epoch FROM min(applied_at))::float8 AS at FROM effects
WHERE number >= $1 AND number < $2 GROUP BY number
"""
_VERDICT: Final = """
SELECT count(*) - count(DISTINCT number) AS applied_twice,
    $1 - count(DISTINCT number) AS lost,
    count(*) FILTER (WHERE sequence <> due) AS out_of_order
FROM (SELECT number, sequence, row_number() OVER (PARTITION BY subject ORDER BY id) AS due
    FROM effects) AS each
"""


class Verdict(msgspec.Struct, frozen=True):
    """How many of the first n records were applied twice, lost, or out of order in their subject."""

    applied_twice: int
    lost: int
    out_of_order: int


class Effects:
    """The effects table of one group; `connection` is used for nothing else."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._complete = 0

    async def until_applied(self, count: int) -> None:
        """Return once records 0 to `count` - 1 have taken effect."""
        while not await self._has(count):
            await asyncio.sleep(LOOK_SECONDS)

    async def longest_wait(self, since: int, acknowledged_at: Sequence[float]) -> float:
        """Seconds from acknowledgement to effect, of the record from `since` on that waited longest."""
        rows: list[Any] = await self._connection.fetch(_MOMENTS, since, len(acknowledged_at))
        return max((row["at"] - acknowledged_at[row["number"]] for row in rows), default=0.0)

    async def verdict(self, count: int) -> Verdict:
        """The verdict on the first `count` records; call it once nothing more is created."""
        return Verdict(**await self._connection.fetchrow(_VERDICT, count))

    async def _has(self, count: int) -> bool:
        # Records below `_complete` are known to be applied and not counted again.
        applied = await self._connection.fetchval(_COUNT, self._complete, count)
        if applied < count - self._complete:
            return False
        self._complete = max(count, self._complete)
        return True
