"""Events that the broker lost still arrive: it was wiped, truncated, or they outlived its retention."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.servers.kafka import prepare
from deploy.local.servers.running import RunningServer
from shared.events.admission import AccessGranted
from shared.events.envelope import RecordedEvent
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.inbox.applier import Applier, Routes
from shared.spine.kafka.topics import PARTITIONS
from shared.spine.outbox.relay import Relay
from shared.spine.reconciliation.duties import ConsumerReconciliation
from tests.integration.spine.batches import record_effects
from tests.integration.spine.published import Commits, kept_running
from tests.integration.spine.reconciliation.two_sides import Sides, forget_effects

pytestmark = pytest.mark.services

GROUP = "reconciled"


@asynccontextmanager
async def consuming(sides: Sides, bootstrap: str) -> AsyncIterator[tuple[ConsumerReconciliation, Commits]]:
    """A worker of the consumer, as far as broker and holes go; the test calls `reconcile`."""
    commits = Commits()
    routes: Routes = {AccessGranted: commits.noticing(record_effects)}
    reconciliation = ConsumerReconciliation(sides.consumer, routes, forget_effects, dependencies=None)
    consumer = BatchConsumer(
        sides.consumer.pool,
        Applier(sides.consumer.pool, routes=routes, dependencies=None),
        bootstrap=bootstrap,
        group=GROUP,
        publishers=["admission"],
        on_holes=reconciliation.on_holes,
        stalled_after_seconds=20,
    )
    async with kept_running(consumer.run), kept_running(reconciliation.duties["fill_holes"]):
        yield reconciliation, commits


async def relay(sides: Sides, bootstrap: str) -> None:
    assert await Relay(sides.publisher.pool, bootstrap, "admission").relay_once() > 0


async def compare_until_nothing_is_short(sides: Sides, reconciliation: ConsumerReconciliation) -> None:
    for _ in range(3):
        sides.clock.passes(seconds=40)
        await reconciliation.reconcile()
    result = await sides.consumer.pool.fetchrow(
        "SELECT result ->> 'short' AS short, result -> 'mended' ->> 'unknown' AS unknown FROM reconciliations"
    )
    assert tuple(result) == ("0", "0")


async def assert_all_applied(sides: Sides, events: Sequence[RecordedEvent]) -> None:
    assert await sides.applied() == {event.event_id for event in events}
    effects = await sides.consumer.pool.fetchval("SELECT count(*) FROM effects")
    assert effects == len(events)


def start_with_nothing(broker: RunningServer) -> None:
    """The disk was lost: same address, no data, another cluster id."""
    broker.kill()
    shutil.rmtree(broker.server.data)  # type: ignore[attr-defined]
    prepare(broker.server)  # type: ignore[arg-type]
    broker.start()


def start_with_empty_logs(broker: RunningServer) -> None:
    """The same cluster, by its own account, and nothing of its topics' records."""
    broker.kill()
    data: Path = broker.server.data  # type: ignore[attr-defined]
    logs = [folder for folder in data.rglob("relais.*-*") if folder.is_dir()]
    assert logs
    for folder in logs:
        shutil.rmtree(folder)
    broker.start()


async def test_a_broker_that_lost_everything_before_it_was_read(
    sides: Sides, fresh_kafka: RunningServer
) -> None:
    bootstrap = f"127.0.0.1:{fresh_kafka.server.port}"
    subjects = [uuid4() for _ in range(20)]
    seen = await sides.record(*subjects * 3)
    await relay(sides, bootstrap)
    async with consuming(sides, bootstrap) as (_, commits):
        await commits.until_applied(sides.consumer.pool, seen)
    never_read = await sides.record(*subjects * 3)
    await relay(sides, bootstrap)
    await asyncio.to_thread(start_with_nothing, fresh_kafka)
    quiet, lively = subjects[:10], subjects[10:]
    later = await sides.record(*lively)
    await relay(sides, bootstrap)
    async with consuming(sides, bootstrap) as (reconciliation, commits):
        # Who is heard of again shows a hole, which is filled at once; the others are found by comparing.
        await commits.until_applied(
            sides.consumer.pool, [event for event in (*never_read, *later) if event.subject in lively]
        )
        assert not await sides.applied() & {e.event_id for e in never_read if e.subject in quiet}
        await compare_until_nothing_is_short(sides, reconciliation)
    await assert_all_applied(sides, [*seen, *never_read, *later])
    assert await sides.consumer.pool.fetchval("SELECT count(DISTINCT cluster_id) FROM checkpoint") == 2


async def test_a_log_that_was_truncated_and_grew_past_our_position(
    sides: Sides, fresh_kafka: RunningServer
) -> None:
    bootstrap = f"127.0.0.1:{fresh_kafka.server.port}"
    subject = uuid4()
    seen = await sides.record(*[subject] * 5)
    await relay(sides, bootstrap)
    async with consuming(sides, bootstrap) as (_, commits):
        await commits.until_applied(sides.consumer.pool, seen)
    await asyncio.to_thread(start_with_empty_logs, fresh_kafka)
    regrown = await sides.record(*[subject] * 9)
    await relay(sides, bootstrap)
    # The position lies inside the new log, so nothing seems to be wrong: the first five are not read.
    async with consuming(sides, bootstrap) as (reconciliation, commits):
        await commits.until_applied(sides.consumer.pool, regrown)
        await compare_until_nothing_is_short(sides, reconciliation)
    await assert_all_applied(sides, [*seen, *regrown])
    assert await sides.consumer.pool.fetchval("SELECT count(DISTINCT cluster_id) FROM checkpoint") == 1


async def test_events_that_expired_before_they_were_read(sides: Sides, kafka_bootstrap: str) -> None:
    events = await sides.record(*[uuid4() for _ in range(30)])
    await relay(sides, kafka_bootstrap)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        await admin.delete_records(
            {
                TopicPartition("relais.admission", number): RecordsToDelete(before_offset=-1)
                for number in range(PARTITIONS)
            }
        )
    finally:
        await admin.close()
    async with consuming(sides, kafka_bootstrap) as (reconciliation, _):
        await compare_until_nothing_is_short(sides, reconciliation)
    await assert_all_applied(sides, events)
