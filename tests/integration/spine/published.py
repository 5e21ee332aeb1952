"""Publishes, consumes and waits, for the tests of the spine that need a broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.database.pool import Connection, Pool
from shared.database.transaction import after_commit, transaction
from shared.events.admission import AccessRevoked
from shared.events.envelope import NewEvent, RecordedEvent, TraceContext
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.inbox.applier import Applier, Route
from shared.spine.kafka.clients import GroupClient, group_client
from shared.spine.outbox.append import append
from shared.spine.records.received import ReceivedEvent
from shared.spine.worker import Duty, keep
from tests.integration.spine.batches import record_effects

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PATIENCE_SECONDS = 240


def stated(subject: UUID, *, trace: TraceContext | None = None) -> NewEvent:
    """An event that is about to be published."""
    return NewEvent(
        event_id=uuid4(),
        subject=subject,
        occurred_at=NOW,
        data=AccessRevoked(key_id=uuid4()),
        trace=trace or {},
    )


async def publish(pool: Pool, subjects: Sequence[UUID]) -> list[RecordedEvent]:
    """One event per mention of a subject, in one transaction."""
    async with transaction(pool) as connection:
        events = [stated(subject) for subject in subjects]
        return await append(connection, publisher="admission", events=events, recorded_at=NOW)


class Commits:
    """Says when a consumer has committed something, so that a test need not ask over and over."""

    def __init__(self) -> None:
        self._committed = asyncio.Event()

    def __call__(self, _: Pool) -> None:
        self._committed.set()

    def noticing(self, route: Route) -> Route:
        """The route, with a notice to this object after the commit of what it did."""

        async def noticed(
            dependencies: object, connection: Connection, events: Sequence[ReceivedEvent]
        ) -> None:
            after_commit(self)
            await route(dependencies, connection, events)

        return noticed

    async def until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        """Return as soon as `reached`, asked after every commit, says yes."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                self._committed.clear()
                if await reached():
                    return
                await self._committed.wait()

    async def until_applied(self, pool: Pool, events: Sequence[RecordedEvent]) -> None:
        """Return when the effects of all these events are committed."""
        wanted = [event.event_id for event in events]
        count = "SELECT count(*) FROM effects WHERE event_id = ANY($1::uuid[])"

        async def reached() -> bool:
            return bool(await pool.fetchval(count, wanted) == len(wanted))

        await self.until(reached)


def consumer(
    pool: Pool,
    bootstrap: str,
    group: str,
    *,
    route: Route = record_effects,
    parking_cap: int = 1000,
    stalled_after_seconds: float = 60,
    commits: Commits | None = None,
    open_client: Callable[..., GroupClient] = group_client,
) -> BatchConsumer:
    """A member of the group that writes one row per event."""
    noticed = commits.noticing(route) if commits else route
    return BatchConsumer(
        pool,
        Applier(pool, routes={AccessRevoked: noticed}, parking_cap=parking_cap, dependencies=None),
        bootstrap=bootstrap,
        group=group,
        publishers=["admission"],
        stalled_after_seconds=stalled_after_seconds,
        open_client=open_client,
    )


@asynccontextmanager
async def kept_running(duty: Duty) -> AsyncIterator[asyncio.Event]:
    """Run a duty as a worker does, retries included; gives its stop event, and stops it at the end."""
    stop = asyncio.Event()
    task = asyncio.create_task(keep("tested", duty, stop))
    try:
        yield stop
    finally:
        stop.set()
        _, late = await asyncio.wait([task], timeout=PATIENCE_SECONDS)
        if late:
            task.print_stack()
            task.cancel()
        await task
