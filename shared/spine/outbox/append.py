"""Publishes events: appends them to the ledger and the outbox, inside the transaction that made them true."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.database.columns import sparse
from shared.database.pool import Connection, Pool
from shared.database.transaction import after_commit
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.establishment import establishment_of
from shared.events.registry import TYPES
from shared.runtime.failures import TRANSIENT
from shared.security.audit.entry import ChainedEntry
from shared.spine.audit.entries import add, columns_of, insertion
from shared.telemetry import metrics

# The order inside this statement carries the spine's promises:
# 1. `drawn` locks the subjects in sorted order (no deadlock between batches) and draws their sequences
#    under the lock, which is held to the commit (no hole: a rollback gives the numbers back);
# 2. `recorded` and `queued` draw their ids after that, in sequence order, so an earlier event of a
#    subject always has the smaller outbox id and is visible first. The relay's order rests on this.
# `opened` is for a writer that was held up for long: its hour may have been counted already.
_APPEND = """
WITH stated AS MATERIALIZED (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::bytea[],
            $7::text[])
        WITH ORDINALITY AS s (event_id, subject, type, occurred_at, trace, data, establishment, position)
), drawn AS (
    INSERT INTO subjects (subject, last_sequence)
    SELECT subject, count(*) FROM stated GROUP BY subject ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET last_sequence = subjects.last_sequence + excluded.last_sequence
    RETURNING subject, last_sequence
), numbered AS (
    SELECT stated.*,
        last_sequence - count(*) OVER (PARTITION BY subject)
            + row_number() OVER (PARTITION BY subject ORDER BY position) AS sequence
    FROM stated JOIN drawn USING (subject)
), recorded AS (
    INSERT INTO ledger
        (event_id, subject, sequence, type, occurred_at, recorded_at, trace, data, establishment)
    SELECT event_id, subject, sequence, type, occurred_at, $8, trace, data, establishment
    FROM numbered ORDER BY subject, sequence
    RETURNING id, event_id, sequence
), queued AS (
    INSERT INTO outbox (ledger_id) SELECT id FROM recorded ORDER BY id
), opened AS (
    UPDATE seals SET state = 'open' WHERE publisher = $9
        AND window_start = date_trunc('hour', $8::timestamptz, 'UTC') AND state <> 'open'
)
SELECT event_id, sequence FROM recorded
"""

# The accesses by which the events came to be, in the same statement: they cost no round trip of their own.
_RECORDED: Final = "\nSELECT event_id, sequence FROM recorded"
_APPEND_AUDITED: Final = _APPEND.replace(_RECORDED, f", audited AS ({insertion(10)}){_RECORDED}")

_encoder = msgspec.json.Encoder()

NOTIFY_CHANNEL: Final = "relais_outbox"
"""The relay listens here."""


async def append(
    connection: Connection,
    *,
    publisher: str,
    events: Sequence[NewEvent],
    recorded_at: datetime,
    accesses: Sequence[ChainedEntry] = (),
) -> list[RecordedEvent]:
    """Give each event its place in the ledger and queue it for the broker, in one statement.

    Events of one subject keep their order; the result is in the order of `events`. The relay is woken after
    the commit. Call it once per transaction where possible: the sorted locking that excludes deadlocks holds
    within one call. `accesses` are added to the audit by the same statement.
    """
    if not events:
        await add(connection, accesses)
        return []
    rows = await connection.fetch(
        _APPEND_AUDITED if accesses else _APPEND,
        [event.event_id for event in events],
        [event.subject for event in events],
        [TYPES[type(event.data)] for event in events],
        [event.occurred_at for event in events],
        sparse(_encoder.encode(event.trace).decode() if event.trace else None for event in events),
        [_encoder.encode(event.data) for event in events],
        [establishment_of(event.data) for event in events],
        recorded_at,
        publisher,
        *columns_of(accesses),
    )
    after_commit(wake_relay)
    metrics.ledger_events_total.labels(publisher).inc(len(events))
    sequences: dict[UUID, int] = {row["event_id"]: row["sequence"] for row in rows}
    return [_recorded_event(event, publisher, sequences[event.event_id], recorded_at) for event in events]


def _recorded_event(event: NewEvent, publisher: str, sequence: int, recorded_at: datetime) -> RecordedEvent:
    return RecordedEvent(
        event_id=event.event_id,
        publisher=publisher,
        subject=event.subject,
        sequence=sequence,
        occurred_at=event.occurred_at,
        recorded_at=recorded_at,
        data=event.data,
        trace=event.trace,
    )


class _Notification:
    """At most one NOTIFY is in flight per pool; one that is wanted meanwhile follows immediately."""

    def __init__(self) -> None:
        self.wanted = True
        self.task: asyncio.Task[None] | None = None


_in_flight: Final[dict[Pool, _Notification]] = {}


def wake_relay(pool: Pool) -> None:
    """Tell the relay that a commit left something to send; returns immediately.

    After the commit, never inside the transaction: NOTIFY takes a lock that all commits of the database
    share (measured: minus 60 % of the commit rate). The relay polls, so a lost notification costs 0.1 s.
    """
    notification = _in_flight.get(pool)
    if notification is not None:
        notification.wanted = True
        return
    notification = _in_flight[pool] = _Notification()
    notification.task = asyncio.get_running_loop().create_task(_notify(pool, notification))


async def _notify(pool: Pool, notification: _Notification) -> None:
    try:
        while notification.wanted:
            notification.wanted = False
            await pool.execute(f"NOTIFY {NOTIFY_CHANNEL}")
    except TRANSIENT:
        return  # the relay polls
    finally:
        # Right after the last look at `wanted`, so that none is missed; and no pool is kept for ever.
        del _in_flight[pool]
