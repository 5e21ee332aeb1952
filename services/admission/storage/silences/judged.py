"""Holds the SQL of silences, and of the sources that are listened for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.rhythm.judge import Judgement, Reason
from services.admission.domain.rhythm.minutes import last_minute
from shared.database.pool import Connection, Executor

MOST_SHOWN: Final = 1000

# A source that may state nothing any more is not waited for.
_LISTENED_FOR: Final = """
SELECT s.source_id, e.time_zone, e.commune, m.hour AS message_hour, m.messages AS message_minutes,
    h.hour AS heartbeat_hour, h.heartbeats AS heartbeat_minutes
FROM sources AS s LEFT JOIN establishments AS e ON e.finess = s.establishment
LEFT JOIN LATERAL (
    SELECT hour, messages FROM heard_hours
    WHERE source_id = s.source_id AND messages <> 0 ORDER BY hour DESC LIMIT 1
) AS m ON true
LEFT JOIN LATERAL (
    SELECT hour, heartbeats FROM heard_hours
    WHERE source_id = s.source_id AND heartbeats <> 0 ORDER BY hour DESC LIMIT 1
) AS h ON true
WHERE (m.hour IS NOT NULL OR h.hour IS NOT NULL) AND ($2::uuid IS NULL OR s.source_id = $2) AND EXISTS (
    SELECT FROM api_keys AS k WHERE k.source_id = s.source_id AND 'intake' = ANY (k.scopes)
        AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $1)
)
"""
# One worker at a time: what another one has just begun must be there to be ended.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('silences'))"
_END: Final = """
UPDATE silences SET ended_at = $1 WHERE ended_at IS NULL AND NOT EXISTS (
    SELECT FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS now (source_id, reason, since)
    WHERE (now.source_id, now.reason, now.since) = (silences.source_id, silences.reason, silences.since)
)
"""
_BEGIN: Final = """
INSERT INTO silences (source_id, reason, since, noticed_at)
SELECT source_id, reason, since, $1 FROM unnest($2::uuid[], $3::text[], $4::timestamptz[])
    AS now (source_id, reason, since) ORDER BY source_id
ON CONFLICT (source_id, reason, since) DO UPDATE SET ended_at = NULL WHERE silences.ended_at IS NOT NULL
"""
_OF_SOURCE: Final = """
SELECT source_id, reason, since, noticed_at, ended_at FROM silences
WHERE source_id = $1 AND noticed_at >= $2 ORDER BY noticed_at DESC LIMIT $3
"""
_OPEN: Final = """
SELECT source_id, reason, since, noticed_at, ended_at FROM silences JOIN sources USING (source_id)
WHERE ended_at IS NULL AND ($1::text IS NULL OR establishment = $1) ORDER BY noticed_at LIMIT $2
"""
_FORGET: Final = "DELETE FROM silences WHERE ended_at < $1"


class ListenedFor(Struct, frozen=True, kw_only=True):
    """A source that was heard, and when that was last."""

    source_id: UUID
    time_zone: str | None
    commune: str | None
    message_hour: datetime | None
    message_minutes: int | None
    heartbeat_hour: datetime | None
    heartbeat_minutes: int | None

    @property
    def last_message_at(self) -> datetime | None:
        """The minute in which a message came last."""
        return _last(self.message_hour, self.message_minutes)

    @property
    def last_heartbeat_at(self) -> datetime | None:
        """The minute in which a heartbeat came last."""
        return _last(self.heartbeat_hour, self.heartbeat_minutes)


class Silence(Struct, frozen=True, kw_only=True):
    """A pause of a source that is, or was, longer than its rhythm lets expect."""

    source_id: UUID
    reason: Reason
    """`only_heartbeats`: it lives, and what usually comes does not come."""
    since: datetime
    """When what is missing came last, to the minute."""
    noticed_at: datetime
    ended_at: datetime | None
    """When it was noticed that it had ended; `None` while it lasts."""


async def listened_for(
    connection: Executor, now: datetime, *, source_id: UUID | None = None
) -> list[ListenedFor]:
    """The sources that may state something and were heard within what is kept: all, or this one."""
    return [ListenedFor(**dict(row)) for row in await connection.fetch(_LISTENED_FOR, now, source_id)]


async def record(connection: Connection, silent: Mapping[UUID, Judgement], *, now: datetime) -> None:
    """Let these silences last and begin, and every other one end."""
    columns = [each.state for each in silent.values()], [each.since for each in silent.values()]
    await connection.execute(_LOCK)
    await connection.execute(_END, now, list(silent), *columns)
    await connection.execute(_BEGIN, now, list(silent), *columns)


async def silences_of(connection: Executor, source_id: UUID, *, since: datetime) -> Sequence[Silence]:
    """Those of a source that were noticed since then, newest first."""
    return [Silence(**dict(row)) for row in await connection.fetch(_OF_SOURCE, source_id, since, MOST_SHOWN)]


async def open_silences(connection: Executor, *, establishment: str | None) -> Sequence[Silence]:
    """Those that last, of one establishment's sources or of all, oldest first."""
    return [Silence(**dict(row)) for row in await connection.fetch(_OPEN, establishment, MOST_SHOWN)]


async def forget(connection: Connection, *, before: datetime) -> None:
    """Delete those that ended before that moment."""
    await connection.execute(_FORGET, before)


def _last(hour: datetime | None, minutes: int | None) -> datetime | None:
    return last_minute(hour, minutes) if hour is not None and minutes else None
