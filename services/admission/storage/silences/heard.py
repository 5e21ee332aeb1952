"""Holds the SQL of when each source was heard, minute by minute."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from services.admission.domain.rhythm.minutes import Minutes, bit_of, hour_of
from shared.database.pool import Connection, Executor

OURSELVES: Final = UUID(int=0)
"""Under this id stand the minutes in which we listened."""

# In sorted order: two processes that store at once do not wait for each other in a circle.
_ADD: Final = """
INSERT INTO heard_hours AS known (source_id, hour, messages, heartbeats)
SELECT source_id, $2, messages, heartbeats FROM unnest($1::uuid[], $3::bigint[], $4::bigint[])
    AS heard (source_id, messages, heartbeats) ORDER BY source_id
ON CONFLICT (source_id, hour) DO UPDATE
SET messages = known.messages | excluded.messages, heartbeats = known.heartbeats | excluded.heartbeats
"""
_HOURS: Final = """
SELECT hour, messages, heartbeats FROM heard_hours WHERE source_id = $1 AND hour BETWEEN $2 AND $3
"""
_FORGET: Final = "DELETE FROM heard_hours WHERE hour < $1"


class Heard(NamedTuple):
    """The hours in which a source was heard."""

    messages: Minutes
    heartbeats: Minutes


async def add(
    connection: Connection, at: datetime, *, messages: Collection[UUID], heartbeats: Collection[UUID]
) -> None:
    """Note that messages and heartbeats of these sources came in this minute."""
    sources, bit = list({*messages, *heartbeats}), bit_of(at)
    bits = [[bit if each in kind else 0 for each in sources] for kind in (messages, heartbeats)]
    await connection.execute(_ADD, sources, hour_of(at), *bits)


async def heard_of(connection: Executor, source_id: UUID, *, since: datetime, until: datetime) -> Heard:
    """Its hours that begin between these moments."""
    rows: Sequence[tuple[datetime, int, int]] = await connection.fetch(_HOURS, source_id, since, until)
    return Heard(
        {hour: messages for hour, messages, _ in rows if messages},
        {hour: heartbeats for hour, _, heartbeats in rows if heartbeats},
    )


async def forget(connection: Connection, *, before: datetime) -> None:
    """Delete the hours that began before that moment."""
    await connection.execute(_FORGET, before)
