"""What does the live service hold that the other projection does not have yet? Inbox against inbox."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Executor
from shared.spine.records.incoming import Incoming

# Rows that a transaction wrote which was not over at `since`. Unlike the time at which an event was applied
# this rests on no clock. Row versions so old that numbers have come around only make it look at more rows.
_TAIL: Final = """
SELECT event_id, publisher, subject, sequence FROM public.inbox AS live
WHERE ($1::text IS NULL OR age(live.xmin) <= age($1::text::xid8::xid))
    AND NOT EXISTS (SELECT FROM rebuild_scratch.inbox AS here WHERE here.event_id = live.event_id)
ORDER BY publisher, subject, sequence LIMIT $2
"""
_NOW: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
# What the service parked or dismissed is no part of its projection, nor what waits behind it. What it has
# not received yet may be: to apply an event later that the projection has already changes nothing there.
_WANTED: Final = """
SELECT event_id FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[])
    AS came (event_id, publisher, subject, sequence)
WHERE EXISTS (SELECT FROM public.inbox WHERE inbox.event_id = came.event_id)
    OR NOT EXISTS (
        SELECT FROM public.parked WHERE parked.event_id = came.event_id AND parked.state <> 'applied'
    ) AND NOT EXISTS (
        SELECT FROM public.parked
        WHERE (parked.publisher, parked.subject) = (came.publisher, came.subject)
            AND parked.sequence < came.sequence AND parked.state = 'parked'
    )
"""
_HELD: Final = "SELECT event_id FROM public.inbox WHERE event_id = ANY($1::uuid[])"


class Held(msgspec.Struct, frozen=True):
    """An event that the live service applied."""

    event_id: UUID
    publisher: str
    subject: UUID
    sequence: int


async def tail(connection: Executor, *, since: str | None, most: int) -> list[Held]:
    """Events that were applied since then (or ever) and are not here, in each person's order."""
    return [Held(*row) for row in await connection.fetch(_TAIL, since, most)]


async def now(connection: Executor) -> str:
    """Ask before looking at the tail: what is not seen by the look is `since` then."""
    moment: str = await connection.fetchval(_NOW)
    return moment


async def wanted(connection: Executor, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Those that belong into the projection."""
    envelopes = [each.envelope for each in incoming if each.envelope is not None]
    rows = await connection.fetch(
        _WANTED,
        [envelope.event_id for envelope in envelopes],
        [envelope.publisher for envelope in envelopes],
        [envelope.subject for envelope in envelopes],
        [envelope.sequence for envelope in envelopes],
    )
    chosen = {row["event_id"] for row in rows}
    return [each for each in incoming if each.envelope is not None and each.envelope.event_id in chosen]


async def held(connection: Executor, event_ids: Collection[UUID]) -> set[UUID]:
    """Which of them the live service applied."""
    return {row["event_id"] for row in await connection.fetch(_HELD, list(event_ids))}
