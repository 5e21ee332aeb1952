"""Counts what became of all that was due, by day and establishment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.database.pool import Executor

# Why something is still open is no reason in the table: its status says it, or that the night is held.
_COUNTED: Final = """
SELECT (fact_recorded_at AT TIME ZONE 'UTC')::date AS day, stated_by AS establishment, status,
    coalesce(CASE WHEN status = 'expired' AND human_at IS NOT NULL THEN 'then_told_by_a_person' END,
        reason, barred_by, CASE
        WHEN held AND status = 'scheduled' THEN 'quiet_hours'
        WHEN next_action_at IS NOT NULL THEN status
        ELSE channel
    END, status) AS reason,
    count(*) AS number
FROM obligations
WHERE fact_recorded_at >= $1 AND fact_recorded_at < $2 AND ($3::text IS NULL OR stated_by = $3)
GROUP BY 1, 2, 3, 4
"""
_AUDITED: Final = """
SELECT day, establishment, sum(derived)::int AS derived, sum(found)::int AS found,
    sum(missing)::int AS missing, sum(unexpected)::int AS unexpected
FROM audited_days
WHERE day >= ($1 AT TIME ZONE 'UTC')::date AND day < ($2 AT TIME ZONE 'UTC')::date
    AND ($3::text IS NULL OR establishment = $3)
GROUP BY 1, 2
"""
_DIFFERENCES: Final = """
SELECT day, establishment, difference, coalesce(settled_as, 'open') AS state, count(*)::int AS number
FROM obligation_differences
WHERE day >= ($1 AT TIME ZONE 'UTC')::date AND day < ($2 AT TIME ZONE 'UTC')::date
    AND ($3::text IS NULL OR establishment = $3)
GROUP BY 1, 2, 3, 4
"""
_OPEN: Final = """
SELECT difference, count(*)::int AS number FROM obligation_differences WHERE settled_at IS NULL GROUP BY 1
"""
_PROGRESS: Final = "SELECT changes_until, swept_at FROM audit_progress"


async def counted(
    connection: Executor, since: datetime, until: datetime, establishment: str | None
) -> Sequence[Any]:
    """Obligations by day, establishment, status and reason."""
    return await connection.fetch(_COUNTED, since, until, establishment)


async def audited(
    connection: Executor, since: datetime, until: datetime, establishment: str | None
) -> Sequence[Any]:
    """What the last audits of everybody found, by day and establishment."""
    return await connection.fetch(_AUDITED, since, until, establishment)


async def differences(
    connection: Executor, since: datetime, until: datetime, establishment: str | None
) -> Sequence[Any]:
    """Differences by day and establishment, open or how they ended."""
    return await connection.fetch(_DIFFERENCES, since, until, establishment)


async def open_differences(connection: Executor) -> Mapping[str, int]:
    return {row["difference"]: row["number"] for row in await connection.fetch(_OPEN)}


async def progress(connection: Executor) -> Any:
    """Until when changes were audited, and when the sweep last saw everybody."""
    return await connection.fetchrow(_PROGRESS)
