"""Which persons the audit has still to look at: the changed, the requested, and slowly everybody."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Executor

# Times of statements, not of commits: a change becomes visible some time after the moment that it bears.
_LATE_COMMITS: Final = timedelta(minutes=2)

_NOW: Final = "SELECT clock_timestamp()"
_CHANGED: Final = """
WITH changed (person_id, at) AS (
    SELECT person_id, known_at FROM facts WHERE known_at > $1
    UNION ALL
    SELECT o.person_id, t.changed_at FROM transitions t JOIN obligations o USING (obligation_id)
    WHERE t.changed_at > $1
    UNION ALL SELECT person_id, joined_at FROM members WHERE joined_at > $1
    UNION ALL SELECT person_id, revoked_at FROM members WHERE revoked_at > $1
    UNION ALL SELECT person_id, '-infinity' FROM audit_wanted
)
SELECT person_id FROM changed GROUP BY person_id ORDER BY min(at)
"""
_WANT: Final = "INSERT INTO audit_wanted (person_id) SELECT unnest($1::uuid[])"
_DONE: Final = "DELETE FROM audit_wanted WHERE person_id = ANY ($1) AND id <= $2"
_LAST_WANTED: Final = "SELECT coalesce(max(id), 0) FROM audit_wanted"
_NEXT: Final = """
SELECT person_id FROM persons WHERE $1::uuid IS NULL OR person_id > $1 ORDER BY person_id LIMIT $2
"""
_SWEPT: Final = """
UPDATE audit_progress SET swept_to = $1, swept_at = CASE WHEN $1::uuid IS NULL THEN clock_timestamp()
    ELSE swept_at END
"""


class AuditRound(msgspec.Struct, frozen=True, kw_only=True):
    """The persons who had changed at one moment; what is left of them."""

    until: datetime
    last_wanted: int
    left: list[UUID]


async def next_round(connection: Executor) -> AuditRound:
    """The persons who changed since the last round, the oldest change first."""
    until: datetime = await connection.fetchval(_NOW)
    last_wanted: int = await connection.fetchval(_LAST_WANTED)
    since: datetime = await connection.fetchval("SELECT changes_until FROM audit_progress")
    rows = await connection.fetch(_CHANGED, since - _LATE_COMMITS)
    return AuditRound(until=until, last_wanted=last_wanted, left=[row["person_id"] for row in rows])


async def finish(connection: Executor, round_: AuditRound) -> None:
    """Record that all persons of the round were audited."""
    await connection.execute("UPDATE audit_progress SET changes_until = $1", round_.until)


async def lag(connection: Executor) -> timedelta:
    """The age of the oldest change that may not have been audited."""
    behind: timedelta = await connection.fetchval(
        "SELECT clock_timestamp() - changes_until FROM audit_progress"
    )
    return behind


async def request_audit(connection: Executor, person_ids: Collection[UUID]) -> None:
    """Have these persons audited in the next round."""
    if person_ids:
        await connection.execute(_WANT, list(person_ids))


async def remove_requests(connection: Executor, person_ids: Collection[UUID], *, up_to: int) -> None:
    """Remove the requests of audited persons, except those made since the round began."""
    await connection.execute(_DONE, list(person_ids), up_to)


async def next_to_sweep(connection: Executor, *, limit: int) -> Sequence[UUID]:
    """The persons after those whom the sweep saw last; `None` at the end."""
    reached = await connection.fetchval("SELECT swept_to FROM audit_progress")
    return [row["person_id"] for row in await connection.fetch(_NEXT, reached, limit)]


async def advance_sweep(connection: Executor, person_ids: Sequence[UUID]) -> None:
    """Record that the sweep came this far, or begins again when there were none."""
    await connection.execute(_SWEPT, person_ids[-1] if person_ids else None)
