"""Where are delivery reports kept? As they came; each is applied to its attempt once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifications.domain.delivery.delivery_reports import ReportState
from shared.database.pool import Connection, Executor

_KEEP: Final = """
INSERT INTO delivery_reports (attempt_id, provider_id, state, detail, received_at)
VALUES ($1, $2, $3, $4, $5)
"""
_OBLIGATION: Final = "SELECT obligation_id FROM attempts WHERE attempt_id = $1"
_OF_ATTEMPT: Final = "SELECT state FROM delivery_reports WHERE attempt_id = $1"
_APPLIED: Final = """
UPDATE delivery_reports SET applied_at = $2 WHERE attempt_id = $1 AND applied_at IS NULL
"""
_WAITING: Final = """
SELECT DISTINCT attempt_id FROM delivery_reports WHERE applied_at IS NULL AND received_at < $1 LIMIT $2
"""


async def keep(
    connection: Executor,
    attempt_id: UUID,
    *,
    provider_id: str | None,
    state: ReportState,
    detail: str | None,
    now: datetime,
) -> None:
    """Before anything is concluded from it."""
    await connection.execute(_KEEP, attempt_id, provider_id, state, detail, now)


async def obligation_of(connection: Executor, attempt_id: UUID) -> UUID | None:
    """Whose attempt it was; none for an attempt that never was."""
    obligation_id: UUID | None = await connection.fetchval(_OBLIGATION, attempt_id)
    return obligation_id


async def states(connection: Connection, attempt_id: UUID) -> Sequence[ReportState]:
    return [row["state"] for row in await connection.fetch(_OF_ATTEMPT, attempt_id)]


async def mark_applied(connection: Connection, attempt_id: UUID, *, now: datetime) -> None:
    await connection.execute(_APPLIED, attempt_id, now)


async def waiting(connection: Executor, *, before: datetime, limit: int) -> list[UUID]:
    """Attempts with reports that were kept and, after a crash, not applied."""
    return [row["attempt_id"] for row in await connection.fetch(_WAITING, before, limit)]
