"""Holds the SQL of what is wrong with what sources send, counted by day."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from msgspec import Struct

from shared.database.pool import Connection, Executor

MOST_SHOWN: Final = 10

# In sorted order: two processes that store at once do not wait for each other in a circle.
_ADD_DAYS: Final = """
INSERT INTO conformance_days AS known (source_id, day, seen, faulty)
SELECT source_id, $2, seen, faulty FROM unnest($1::uuid[], $3::bigint[], $4::bigint[])
    AS counted (source_id, seen, faulty) ORDER BY source_id
ON CONFLICT (source_id, day) DO UPDATE
SET seen = known.seen + excluded.seen, faulty = known.faulty + excluded.faulty
"""
_ADD_PROBLEMS: Final = """
INSERT INTO conformance_problems AS known (source_id, day, problem, times)
SELECT source_id, $2, problem, times FROM unnest($1::uuid[], $3::text[], $4::bigint[])
    AS counted (source_id, problem, times) ORDER BY source_id, problem
ON CONFLICT (source_id, day, problem) DO UPDATE SET times = known.times + excluded.times
"""
_DAYS: Final = """
SELECT day, seen, faulty FROM conformance_days WHERE source_id = $1 AND day >= $2 ORDER BY day
"""
_PROBLEMS: Final = """
SELECT problem, sum(times)::bigint AS times, max(day) AS last_day FROM conformance_problems
WHERE source_id = $1 AND day >= $2 GROUP BY problem ORDER BY times DESC, problem LIMIT $3
"""
_FORGET: Final = (
    "DELETE FROM conformance_days WHERE day < $1",
    "DELETE FROM conformance_problems WHERE day < $1",
)


class ConformanceDay(Struct, frozen=True, kw_only=True):
    """What a source sent on one day (UTC)."""

    day: date
    seen: int
    """Movements, lines and messages that were answered."""
    faulty: int
    """Those with a problem: refused, marked, or with a detail left out."""


class FrequentProblem(Struct, frozen=True, kw_only=True):
    """A kind of problem: `422 /unit`, `409`, `mark future_time`, `ignored /unit`, `101 PV1-19`."""

    problem: str
    times: int
    last_day: date


async def add(
    connection: Connection,
    day: date,
    *,
    seen: Mapping[UUID, int],
    faulty: Mapping[UUID, int],
    problems: Mapping[tuple[UUID, str], int],
) -> None:
    """Add what was counted to that day."""
    sources = list(seen)
    counts = [seen[each] for each in sources], [faulty.get(each, 0) for each in sources]
    await connection.execute(_ADD_DAYS, sources, day, *counts)
    if problems:
        named = list(problems)
        columns = [name for _, name in named], [problems[each] for each in named]
        await connection.execute(_ADD_PROBLEMS, [source for source, _ in named], day, *columns)


async def days_of(connection: Executor, source_id: UUID, *, since: date) -> list[ConformanceDay]:
    """The days on which the source sent anything, oldest first."""
    return [ConformanceDay(**dict(row)) for row in await connection.fetch(_DAYS, source_id, since)]


async def problems_of(connection: Executor, source_id: UUID, *, since: date) -> list[FrequentProblem]:
    """Its most frequent problems, most frequent first."""
    rows = await connection.fetch(_PROBLEMS, source_id, since, MOST_SHOWN)
    return [FrequentProblem(**dict(row)) for row in rows]


async def forget(connection: Connection, *, before: date) -> None:
    """Delete what was counted before that day."""
    for query in _FORGET:
        await connection.execute(query, before)
