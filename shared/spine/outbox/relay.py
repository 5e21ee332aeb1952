"""Relays events from the ledger to the broker: one leader per publisher sends them in outbox order.

It reads ALL unsent rows, lowest id first, and deletes them once the broker has acknowledged them. There
is no cursor, so a row that commits late is not passed over; and there is one sender, so the events of a
subject are sent in sequence order. Leadership is an advisory lock on one database session, which does all
the work: a relay that loses its session can neither read nor delete. A crash between acknowledgement and
deletion sends a batch twice; the inboxes of the consumers drop the repetition.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final

from shared.database.pool import Executor, Pool
from shared.events.registry import TOPICS
from shared.runtime.clock import Clock, system_clock
from shared.runtime.failures import TRANSIENT
from shared.runtime.waiting import wait_for
from shared.spine.kafka.broker import Bootstrap
from shared.spine.kafka.clients import open_producer
from shared.spine.kafka.topics import ensure_topics
from shared.spine.outbox import sending
from shared.spine.outbox.append import NOTIFY_CHANNEL
from shared.spine.pause.gate import Gate
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

POLL_SECONDS: Final = 0.1
STANDBY_SECONDS: Final = 1.0
ACQUIRE_TIMEOUT_SECONDS: Final = 10
COUNT_EVERY_BATCHES: Final = 50
# Any fixed number will do: it identifies the relay of this database.
_LEADER: Final = 7_265_735

_UNSENT: Final = """
SELECT outbox.id AS outbox_id, event_id, subject, sequence, type, occurred_at, recorded_at, trace, data
FROM outbox JOIN ledger ON ledger.id = outbox.ledger_id
ORDER BY outbox.id LIMIT $1
"""
_SENT: Final = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
_COUNT: Final = "SELECT count(*) FROM outbox"


class Relay:
    """Relays the outbox of one publisher; run one in every worker: one leads, the others stand by."""

    def __init__(
        self,
        pool: Pool,
        bootstrap: Bootstrap,
        publisher: str,
        *,
        batch_size: int = 1000,
        clock: Clock = system_clock,
    ) -> None:
        self._pool = pool
        self._bootstrap = bootstrap
        self._publisher = publisher
        self._batch_size = batch_size
        self._clock = clock
        self._oldest: datetime | None = None
        self._batches = 0
        metrics.outbox_oldest_unsent_seconds.set_function(self._oldest_age_seconds)
        metrics.relay_leads.labels(publisher).set(0)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop. Any error ends it; call it again for a new session and producer."""
        woken = asyncio.Event()
        async with self._session() as session:
            if not await self._wait_for_leadership(session, stop):
                return
            # Before the broker is contacted: a leader that cannot reach it must show what waits.
            await self._read_unsent(session, 1)
            async with self._listening(session, woken), self._producer() as producer:
                get_logger().info("relay_leads", publisher=self._publisher)
                gate = Gate(session, "relay")
                while not stop.is_set():
                    woken.clear()
                    if await self._send_counting_errors(session, producer, gate) == 0:
                        await wait_for(woken, stop, timeout_seconds=POLL_SECONDS)

    async def relay_once(self) -> int:
        """Send one batch now and return its size; 0 as well when another relay leads."""
        async with self._session() as session:
            if not await _try_lock(session):
                return 0
            async with self._producer() as producer:
                return await self._send_next_batch(session, producer, Gate(session, "relay"))

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Any]:
        """A session whose lock ends with the block; after an error the whole session is closed."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as session:
            is_sound = False
            try:
                yield session
                is_sound = True
            finally:
                metrics.relay_leads.labels(self._publisher).set(0)
                if not is_sound:
                    session.terminate()
            await session.execute("SELECT pg_advisory_unlock_all()")

    async def _wait_for_leadership(self, session: Executor, stop: asyncio.Event) -> bool:
        while not stop.is_set():
            if await _try_lock(session):
                metrics.relay_leads.labels(self._publisher).set(1)
                return True
            self._oldest = None  # the leader reports it
            await wait_for(stop, timeout_seconds=STANDBY_SECONDS)
        return False

    async def _send_counting_errors(self, session: Executor, producer: Any, gate: Gate) -> int:
        try:
            return await self._send_next_batch(session, producer, gate)
        except TRANSIENT as error:
            metrics.relay_errors_total.labels(type(error).__name__).inc()
            raise

    async def _send_next_batch(self, session: Executor, producer: Any, gate: Gate) -> int:
        is_open = await gate.is_open()
        # Also while paused, the age of the oldest unsent event must be seen.
        rows = await self._read_unsent(session, self._batch_size if is_open else 1)
        await self._count_unsent(session)
        if not rows or not is_open:
            return 0
        await sending.send(producer, self._publisher, rows)
        await session.execute(_SENT, [row["outbox_id"] for row in rows])
        metrics.relay_published_total.labels(self._publisher).inc(len(rows))
        return len(rows)

    async def _read_unsent(self, session: Executor, limit: int) -> list[Any]:
        rows: list[Any] = await session.fetch(_UNSENT, limit)
        self._oldest = rows[0]["recorded_at"] if rows else None
        return rows

    async def _count_unsent(self, session: Executor) -> None:
        if self._batches % COUNT_EVERY_BATCHES == 0:
            metrics.outbox_unsent.set(await session.fetchval(_COUNT))
        self._batches += 1

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[Any]:
        await ensure_topics(self._bootstrap, [self._publisher])
        async with open_producer(self._bootstrap, client_id=f"relais-{self._publisher}") as producer:
            # Fetched in advance, so that the first send does not wait for it.
            await producer.partitions_for(TOPICS[self._publisher])
            yield producer

    @asynccontextmanager
    async def _listening(self, session: Any, woken: asyncio.Event) -> AsyncIterator[None]:
        wake = partial(_set_woken, woken)
        await session.add_listener(NOTIFY_CHANNEL, wake)
        try:
            yield
        finally:
            if not session.is_closed():
                await session.remove_listener(NOTIFY_CHANNEL, wake)

    def _oldest_age_seconds(self) -> float:
        return 0.0 if self._oldest is None else (self._clock() - self._oldest).total_seconds()


def _set_woken(woken: asyncio.Event, *_: object) -> None:
    woken.set()


async def _try_lock(session: Executor) -> bool:
    return bool(await session.fetchval("SELECT pg_try_advisory_lock($1)", _LEADER))
