"""Compares the live inbox with that of the rebuilt projection, to find what still has to be applied."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Executor
from shared.spine.records.incoming import IncomingRecord

_EVER_APPLIED: Final = """
SELECT event_id, publisher, subject, sequence FROM public.inbox AS live
WHERE NOT EXISTS (SELECT FROM rebuild_scratch.inbox AS here WHERE here.event_id = live.event_id)
ORDER BY publisher, subject, sequence LIMIT $1
"""
# Rows written by transactions that had not ended at `since`. Unlike `applied_at` this depends on no clock.
# Transaction numbers wrap around; very old rows may then be looked at needlessly, none is left out.
# The planner cannot estimate how few rows are recent and would hash the whole other inbox, for seconds, while
# no batch commits; a subquery that yields a value is looked up for each recent row instead.
APPLIED_SINCE: Final = """
WITH recent AS MATERIALIZED (
    SELECT event_id, publisher, subject, sequence FROM public.inbox AS live
    WHERE age(live.xmin) <= age($1::text::xid8::xid)
)
SELECT event_id, publisher, subject, sequence FROM recent
WHERE (SELECT true FROM rebuild_scratch.inbox AS here WHERE here.event_id = recent.event_id) IS NULL
ORDER BY publisher, subject, sequence LIMIT $2
"""
_OLDEST_RUNNING: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
# An event that the live service parked or dismissed is not part of its projection, nor are those that wait
# behind it. One that it has not received yet may be: applying an event a second time changes nothing.
_BELONGING: Final = """
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
_APPLIED_AMONG: Final = "SELECT event_id FROM public.inbox WHERE event_id = ANY($1::uuid[])"


class AppliedEvent(msgspec.Struct, frozen=True):
    """An event that the live service applied."""

    event_id: UUID
    publisher: str
    subject: UUID
    sequence: int


async def applied_since(connection: Executor, *, since: str | None, limit: int) -> list[AppliedEvent]:
    """Return events that the live service applied since then and the rebuilt projection lacks.

    `since` is what `oldest_running_transaction` returned, or None for all. They are in each person's order.
    """
    if since is None:
        rows = await connection.fetch(_EVER_APPLIED, limit)
    else:
        rows = await connection.fetch(APPLIED_SINCE, since, limit)
    return [AppliedEvent(*row) for row in rows]


async def oldest_running_transaction(connection: Executor) -> str:
    """Return the `since` of the next look; ask before a look, so that it covers what that look misses."""
    transaction_id: str = await connection.fetchval(_OLDEST_RUNNING)
    return transaction_id


async def belonging_to_projection(
    connection: Executor, incoming: Sequence[IncomingRecord]
) -> list[IncomingRecord]:
    """Return those of the events that belong into the projection."""
    envelopes = [each.envelope for each in incoming if each.envelope is not None]
    rows = await connection.fetch(
        _BELONGING,
        [envelope.event_id for envelope in envelopes],
        [envelope.publisher for envelope in envelopes],
        [envelope.subject for envelope in envelopes],
        [envelope.sequence for envelope in envelopes],
    )
    chosen = {row["event_id"] for row in rows}
    return [each for each in incoming if each.envelope is not None and each.envelope.event_id in chosen]


async def applied_among(connection: Executor, event_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the events that the live service has applied."""
    return {row["event_id"] for row in await connection.fetch(_APPLIED_AMONG, list(event_ids))}
