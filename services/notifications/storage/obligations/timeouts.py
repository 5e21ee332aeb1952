"""Finds claimed attempts without an outcome and obligations whose news is too old; counts the open."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection, Executor

# The obligation is locked first, as everywhere, so that a concurrent answer is not overwritten.
_LOST: Final = """
SELECT a.attempt_id, a.obligation_id FROM attempts a JOIN obligations o USING (obligation_id)
WHERE a.status = 'claimed' AND a.lease_until <= $1
ORDER BY a.lease_until LIMIT $2
FOR UPDATE OF o SKIP LOCKED
"""

_UNKNOWN: Final = """
UPDATE attempts SET status = 'unknown', reason = 'nobody answered for it'
WHERE attempt_id = ANY ($1) AND status = 'claimed'
"""

_LOOK_AGAIN: Final = """
UPDATE obligations SET next_action_at = $2 WHERE obligation_id = ANY ($1) AND next_action_at IS NOT NULL
"""

_LOCK_EXPIRED: Final = """
SELECT * FROM obligations o WHERE next_action_at IS NOT NULL AND expires_at <= $1
    AND NOT EXISTS (
        SELECT FROM attempts a
        WHERE a.obligation_id = o.obligation_id AND a.status IN ('claimed', 'accepted', 'unknown')
    )
ORDER BY expires_at LIMIT $2
FOR UPDATE OF o SKIP LOCKED
"""

_UNPROVEN: Final = """
SELECT member_id FROM contact_points WHERE member_id = ANY ($1)
GROUP BY member_id HAVING bool_or(state = 'unproven') AND NOT bool_or(state = 'ok')
"""

_FIGURES: Final = """
SELECT status, count(*) AS number,
    min(not_before) FILTER (WHERE status IN ('scheduled', 'due') AND next_action_at <= $1) AS oldest_due
FROM obligations WHERE next_action_at IS NOT NULL GROUP BY status
UNION ALL SELECT 'expired', count(*), NULL FROM human_tasks WHERE closed_at IS NULL
"""


async def mark_lost_attempts(connection: Connection, *, now: datetime, limit: int) -> int:
    """Mark claimed attempts whose lease ended without an answer as unknown; gives how many."""
    lost = await connection.fetch(_LOST, now, limit)
    if lost:
        await connection.execute(_UNKNOWN, [row["attempt_id"] for row in lost])
        await connection.execute(_LOOK_AGAIN, [row["obligation_id"] for row in lost], now)
    return len(lost)


async def lock_expired(connection: Connection, *, now: datetime, limit: int) -> list[Obligation]:
    """Lock open obligations whose news has expired and of which no attempt is open."""
    return await obligations_of(connection, await connection.fetch(_LOCK_EXPIRED, now, limit))


async def unproven(connection: Connection, member_ids: Collection[UUID]) -> set[UUID]:
    """Those who cannot be written to, since the owner of an address has not accepted."""
    if not member_ids:
        return set()
    return {row["member_id"] for row in await connection.fetch(_UNPROVEN, list(member_ids))}


async def figures(connection: Executor, *, now: datetime) -> Sequence[Any]:
    """Counts by open status and of tasks for a person, and when the oldest due one became due."""
    return await connection.fetch(_FIGURES, now)


async def outcome_counts(connection: Executor, event_id: UUID) -> dict[str, int]:
    """Obligations of an event by status."""
    rows = await connection.fetch(
        "SELECT status, count(*) AS number FROM obligations WHERE event_id = $1 GROUP BY status", event_id
    )
    return {row["status"]: row["number"] for row in rows}


async def stated_by(connection: Executor, event_id: UUID) -> str | None:
    """The establishment that stated an applied event."""
    establishment: str | None = await connection.fetchval(
        "SELECT stated_by FROM facts WHERE event_id = $1", event_id
    )
    return establishment
