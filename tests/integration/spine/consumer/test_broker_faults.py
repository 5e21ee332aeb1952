"""Everything arrives although the broker dies, or comes back with nothing."""

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from deploy.local.servers.kafka import prepare
from deploy.local.servers.running import RunningServer
from shared.database.pool import Connection, Pool
from shared.spine.outbox.relay import Relay
from shared.spine.records.received import ReceivedEvent
from tests.integration.spine.batches import record_effects
from tests.integration.spine.published import Commits, consumer, kept_running, publish

pytestmark = pytest.mark.services

GROUP = "relais-test"


def start_with_nothing(broker: RunningServer) -> None:
    """The disk was lost: same address, no data, another cluster id."""
    broker.kill()
    shutil.rmtree(broker.server.data)  # type: ignore[attr-defined]
    prepare(broker.server)  # type: ignore[arg-type]
    broker.start()


async def test_a_broker_that_dies_and_one_that_is_wiped_lose_no_event(
    pool: Pool, fresh_kafka: RunningServer
) -> None:
    bootstrap = f"127.0.0.1:{fresh_kafka.server.port}"
    commits = Commits()
    arrived: dict[UUID, list[int]] = defaultdict(list)

    async def note(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(None, connection, events)
        for event in events:
            arrived[event.subject].append(event.sequence)

    first, second = (
        consumer(pool, bootstrap, GROUP, route=note, commits=commits, stalled_after_seconds=20)
        for _ in range(2)
    )
    subjects = [uuid4() for _ in range(10)]
    relay = Relay(pool, bootstrap, "admission")
    async with kept_running(relay.run), kept_running(first.run), kept_running(second.run):
        await commits.until_applied(pool, await publish(pool, subjects * 20))
        for revive in (fresh_kafka.start, lambda: start_with_nothing(fresh_kafka)):
            await asyncio.to_thread(fresh_kafka.kill)
            events = [event for _ in range(20) for event in await publish(pool, subjects)]
            await asyncio.to_thread(revive)
            await commits.until_applied(pool, events)
            await commits.until_applied(pool, await publish(pool, subjects * 20))
    # A batch that was rolled back comes again, so the order that counts is that of first arrivals.
    assert {subject: list(dict.fromkeys(arrived[subject])) for subject in subjects} == {
        subject: list(range(1, 101)) for subject in subjects
    }
    assert await pool.fetchval("SELECT count(DISTINCT cluster_id) FROM checkpoint") == 2
    assert await pool.fetchval("SELECT count(*) FROM effects") == await pool.fetchval(
        "SELECT count(*) FROM ledger"
    )
