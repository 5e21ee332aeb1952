"""A consumer group applies everything exactly once, whoever has which partition, wherever it starts."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.database.pool import Connection, Pool, open_pool
from shared.events.envelope import RecordedEvent
from shared.spine.consumer.assignment import Assignment
from shared.spine.consumer.progress import ConsumerStalled
from shared.spine.inbox.outcome import applied_state
from shared.spine.inbox.parking import ParkingCapReached
from shared.spine.kafka.clients import GroupClient, open_producer
from shared.spine.kafka.topics import PARTITIONS, cluster_id
from shared.spine.outbox.relay import Relay
from shared.spine.records.received import EventRejected, ReceivedEvent
from shared.spine.worker import run_worker
from tests.integration.spine.published import Commits, consumer, kept_running, publish

pytestmark = pytest.mark.services

TOPIC = "relais.admission"


@pytest.fixture
def group() -> str:
    """A consumer group of the test's own."""
    return f"relais-test-{uuid4().hex[:8]}"


async def published(pool: Pool, bootstrap: str, count: int) -> list[RecordedEvent]:
    """Events about as many subjects, appended and sent."""
    events = await publish(pool, [uuid4() for _ in range(count)])
    while await Relay(pool, bootstrap, "admission").relay_once():
        pass
    return events


async def send_again(pool: Pool, bootstrap: str) -> None:
    """What a relay does that died between the acknowledgement and the deletion."""
    await pool.execute("INSERT INTO outbox (ledger_id) SELECT id FROM ledger ORDER BY id")
    while await Relay(pool, bootstrap, "admission").relay_once():
        pass


async def test_what_is_published_is_applied_and_what_comes_twice_is_not(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    commits = Commits()
    events = await published(pool, kafka_bootstrap, 50)
    await send_again(pool, kafka_bootstrap)
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, events)
        events += await published(pool, kafka_bootstrap, 20)
        await commits.until_applied(pool, events)
    assert {(await applied_state(pool, event.event_id)).state for event in events} == {"applied"}


async def test_a_second_member_shares_the_work_and_takes_over_all_of_it(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    commits = Commits()
    first = consumer(pool, kafka_bootstrap, group, commits=commits)
    second = consumer(pool, kafka_bootstrap, group, commits=commits)
    async with kept_running(second.run):
        async with kept_running(first.run):
            await commits.until_applied(pool, await published(pool, kafka_bootstrap, 60))
        await commits.until_applied(pool, await published(pool, kafka_bootstrap, 60))


async def test_the_position_is_ours_whatever_kafka_has_committed(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    events = await published(pool, kafka_bootstrap, 30)
    partitions = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
    liar = AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap, group_id=group, enable_auto_commit=False)
    await liar.start()
    liar.assign(partitions)
    await liar.commit(await liar.end_offsets(partitions))
    await liar.stop()
    commits = Commits()
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, events)


async def test_a_position_beyond_the_log_starts_over_and_the_inbox_drops_what_was_applied(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    commits = Commits()
    events = await published(pool, kafka_bootstrap, 20)
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, events)
    await pool.execute("UPDATE checkpoint SET next_offset = next_offset + 1000000")
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, await published(pool, kafka_bootstrap, 20))


async def test_a_fenced_consumer_discards_its_batch_joins_again_and_goes_on(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    commits = Commits()
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, await published(pool, kafka_bootstrap, 30))
        await pool.execute("UPDATE checkpoint SET epoch = epoch + 1")
        await commits.until_applied(pool, await published(pool, kafka_bootstrap, 30))


async def test_losing_the_database_sessions_loses_no_event(
    pool: Pool, spine_database: str, kafka_bootstrap: str, group: str
) -> None:
    commits = Commits()
    async with (
        open_pool(spine_database, application_name="consumer") as theirs,
        kept_running(consumer(theirs, kafka_bootstrap, group, commits=commits).run),
    ):
        for _ in range(3):
            events = await published(pool, kafka_bootstrap, 20)
            await pool.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'consumer'"
            )
            await commits.until_applied(pool, events)


async def test_bytes_that_are_no_event_are_parked_and_the_partition_moves_on(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    async with open_producer(kafka_bootstrap, client_id="poison") as producer:
        place = await producer.send_and_wait(TOPIC, b"\xff\x00", key=b"?", headers=[("ce_id", b"\xff")])
    commits = Commits()
    events = await published(pool, kafka_bootstrap, 30)
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, events)
    parked = await pool.fetch(
        "SELECT cluster_id FROM parked WHERE topic = $1 AND partition = $2 AND record_offset = $3",
        place.topic,
        place.partition,
        place.offset,
    )
    assert [row["cluster_id"] for row in parked] == [await cluster_id(kafka_bootstrap)]


async def test_too_many_wrong_events_stop_the_worker_and_nothing_is_skipped(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    events = await published(pool, kafka_bootstrap, 8)
    ours = {event.event_id for event in events}

    async def refuse(_: object, connection: Connection, received: Sequence[ReceivedEvent]) -> None:
        for event in received:
            if event.event_id in ours:
                raise EventRejected(event.event_id, "refused by the use case")

    stopped = consumer(pool, kafka_bootstrap, group, route=refuse, parking_cap=3)
    with pytest.raises(ParkingCapReached):
        await stopped.run(asyncio.Event())
    with pytest.raises(SystemExit) as ended:
        await run_worker("test", {"consume": stopped.run}, metrics_port=0)
    assert ended.value.code == 1
    assert await pool.fetchval("SELECT count(*) FROM parked") <= 3
    commits = Commits()
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(
            pool, [each for each in events if (await applied_state(pool, each.event_id)).state != "parked"]
        )


class StuckClient(AIOKafkaConsumer):  # type: ignore[misc]
    """A member of the group that fetches nothing."""

    async def getmany(self, *_: TopicPartition, **__: int) -> dict[TopicPartition, list[object]]:
        await asyncio.sleep(0)
        return {}


def stuck_client(*, bootstrap: str, consumer_group: str) -> GroupClient:
    client: GroupClient = StuckClient(bootstrap_servers=bootstrap, group_id=consumer_group)
    return client


async def test_a_consumer_that_fetches_nothing_while_records_wait_ends_its_worker(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    await published(pool, kafka_bootstrap, 5)
    stuck = consumer(pool, kafka_bootstrap, group, stalled_after_seconds=0.2, open_client=stuck_client)
    with pytest.raises(ConsumerStalled):
        await stuck.run(asyncio.Event())


async def test_a_member_without_a_partition_waits_and_knows_who_is_behind(
    pool: Pool, kafka_bootstrap: str, group: str
) -> None:
    commits = Commits()
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, await published(pool, kafka_bootstrap, 20))
    client = AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap)
    await client.start()
    spare = Assignment(pool, client, bootstrap=kafka_bootstrap, consumer_group=group)
    assert await spare.behind([TOPIC]) == {}
    await published(pool, kafka_bootstrap, 20)
    behind = await spare.behind([TOPIC])
    await client.stop()
    assert behind
    assert {each.topic for each in behind} == {TOPIC}
