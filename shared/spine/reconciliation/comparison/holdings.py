"""Looks up single events that a consumer holds, and corrects their time of recording."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared.database.pool import Executor
from shared.spine.reconciliation.hours.counting import Side
from shared.spine.reconciliation.hours.windows import EventKey, hour_of
from shared.spine.records.pulled import LedgerEvent

_FIRST: Final = """
SELECT least((SELECT min(window_start) FROM seals WHERE publisher = $1), (
    SELECT min(recorded_at) FROM inbox WHERE publisher = $1
        AND NOT EXISTS (SELECT FROM seals WHERE publisher = $1)
))
"""
_HELD: Final = """
SELECT event_id, subject, sequence, recorded_at FROM inbox WHERE event_id = ANY($1::uuid[])
UNION ALL
SELECT event_id, subject, sequence, recorded_at FROM parked
WHERE event_id = ANY($1::uuid[]) AND state <> 'applied'
"""
_DESCRIBE: Final = """
SELECT event_id, subject, sequence, recorded_at, establishment FROM inbox WHERE event_id = ANY($1::uuid[])
UNION ALL
SELECT event_id, subject, sequence, recorded_at, establishment FROM parked
WHERE event_id = ANY($1::uuid[]) AND state <> 'applied'
"""
# An event moves from one hour into another, so both hours must be counted again.
_CORRECT: Final = """
WITH recorded AS MATERIALIZED (
    SELECT * FROM unnest($2::uuid[], $3::timestamptz[], $4::text[])
        AS t (event_id, recorded_at, establishment)
), in_inbox AS (
    UPDATE inbox SET recorded_at = recorded.recorded_at,
        establishment = coalesce(inbox.establishment, recorded.establishment)
    FROM recorded WHERE inbox.event_id = recorded.event_id
), in_parking AS (
    UPDATE parked SET recorded_at = recorded.recorded_at,
        establishment = coalesce(parked.establishment, recorded.establishment)
    FROM recorded WHERE parked.event_id = recorded.event_id
)
UPDATE seals SET state = 'open' WHERE publisher = $1 AND state <> 'open' AND window_start IN (
    SELECT date_trunc('hour', recorded_at, 'UTC') FROM recorded
    UNION SELECT date_trunc('hour', inbox.recorded_at, 'UTC') FROM inbox JOIN recorded USING (event_id)
    UNION SELECT date_trunc('hour', parked.recorded_at, 'UTC') FROM parked JOIN recorded USING (event_id)
)
"""


async def first_held_hour(side: Side) -> datetime | None:
    """Return an hour before which nothing is held, or ever was compared; None while nothing is held."""
    first: datetime | None = await side.pool.fetchval(_FIRST, side.publisher)
    return None if first is None else hour_of(first)


async def held(connection: Executor, event_ids: Collection[UUID]) -> Mapping[EventKey, datetime | None]:
    """Map those of the events that are applied, parked or dismissed to their time of recording here."""
    rows = await connection.fetch(_HELD, list(event_ids))
    return {EventKey(*row[:3]): row["recorded_at"] for row in rows}


async def described(connection: Executor, keys: Sequence[EventKey]) -> Sequence[Mapping[str, Any]]:
    """Return rows with key, time of recording and establishment of events that are held."""
    rows: Sequence[Mapping[str, Any]] = await connection.fetch(_DESCRIBE, [key.event_id for key in keys])
    return rows


async def correct(connection: Executor, publisher: str, events: Sequence[LedgerEvent]) -> None:
    """Set time of recording and establishment of held events to those of the ledger."""
    await connection.execute(
        _CORRECT,
        publisher,
        [event.event_id for event in events],
        [event.recorded_at for event in events],
        [event.establishment for event in events],
    )
