"""Holds the SQL of the movements whose fate their sources are told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from services.admission.domain.receipt import ServiceOutcome
from shared.database.pool import Connection

_CLAIM: Final = """
UPDATE followed_movements AS followed SET look_at = $2
FROM (
    SELECT event_id, callbacks.source_id IS NOT NULL AS is_wanted
    FROM followed_movements LEFT JOIN callbacks USING (source_id)
    WHERE look_at <= $1 ORDER BY look_at LIMIT $3 FOR UPDATE OF followed_movements SKIP LOCKED
) AS due
WHERE followed.event_id = due.event_id
RETURNING followed.event_id, source_id, receipt_id, accepted_at, told::text, is_wanted
"""
_LOCK: Final = """
SELECT event_id FROM followed_movements WHERE event_id = ANY ($1) AND look_at = $2 FOR UPDATE
"""
_KEEP: Final = """
UPDATE followed_movements AS followed SET told = n.told::jsonb, look_at = n.look_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS n (event_id, told, look_at)
WHERE followed.event_id = n.event_id
"""
_END: Final = "DELETE FROM followed_movements WHERE event_id = ANY ($1)"

_outcomes: Final = msgspec.json.Decoder(dict[str, ServiceOutcome])


class Followed(Struct, frozen=True, kw_only=True):
    """An event of a source, and what the source was told of it."""

    event_id: UUID
    source_id: UUID
    receipt_id: UUID
    accepted_at: datetime
    told: Mapping[str, ServiceOutcome] | None
    """None while the source was told nothing, not even that it is accepted."""
    is_wanted: bool
    """Whether the source has a callback still."""


async def claim(
    connection: Connection, *, now: datetime, lease_until: datetime, limit: int
) -> list[Followed]:
    """Those that are to be looked at, which nobody else looks at before the lease ends."""
    rows = await connection.fetch(_CLAIM, now, lease_until, limit)
    return [Followed(**{**dict(row), "told": _told(row["told"])}) for row in rows]


async def still_claimed(
    connection: Connection, event_ids: Collection[UUID], *, lease_until: datetime
) -> set[UUID]:
    """Those that nobody claimed anew, because this process was frozen; nobody can before this ends."""
    return {row["event_id"] for row in await connection.fetch(_LOCK, list(event_ids), lease_until)}


async def keep(
    connection: Connection,
    event_ids: Sequence[UUID],
    *,
    told: Sequence[Mapping[str, ServiceOutcome]],
    look_at: Sequence[datetime],
) -> None:
    """Look at these again at their times, knowing what their sources were told."""
    await connection.execute(_KEEP, event_ids, [msgspec.json.encode(each).decode() for each in told], look_at)


async def end(connection: Connection, event_ids: Sequence[UUID]) -> None:
    """Follow these no more."""
    await connection.execute(_END, event_ids)


def _told(stored: str | None) -> Mapping[str, ServiceOutcome] | None:
    return None if stored is None else _outcomes.decode(stored)
