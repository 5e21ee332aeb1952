"""Everything that was appended reaches the broker, in the order of each subject, whoever dies."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import REGISTRY

from deploy.local.ports import free_port
from shared.database.pool import Pool, open_pool
from shared.events.envelope import RecordedEvent
from shared.runtime.clock import system_clock
from shared.spine.kafka.topics import PARTITIONS, ensure_topics
from shared.spine.outbox import relay as relay_module
from shared.spine.outbox.relay import Relay
from shared.spine.records.cloud_events import decode
from tests.integration.spine.published import NOW, PATIENCE_SECONDS, kept_running, publish

pytestmark = pytest.mark.services

TOPIC = "relais.admission"


class Reader:
    """Reads what comes to the topic from now on, as any Kafka client could."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.records: list[Any] = []

    async def until_read(self, events: list[RecordedEvent]) -> dict[UUID, list[int]]:
        """Sequences per subject, in the order of arrival, once all events are there."""
        missing = {event.event_id for event in events}
        ours = set(missing)
        arrived: dict[UUID, list[int]] = defaultdict(list)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while missing:
                record = await self._client.getone()
                envelope = decode(record).envelope
                if envelope is not None and envelope.event_id in ours:
                    self.records.append(record)
                    missing.discard(envelope.event_id)
                    arrived[envelope.subject].append(envelope.sequence)
        return arrived


@asynccontextmanager
async def reading(bootstrap: str) -> AsyncIterator[Reader]:
    await ensure_topics(bootstrap, ["admission"])
    client = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await client.start()
    try:
        partitions = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
        client.assign(partitions)
        await client.seek_to_end(*partitions)
        yield Reader(client)
    finally:
        await client.stop()


async def unsent(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM outbox")
    return count


async def test_everything_is_sent_in_the_order_of_its_subject_and_then_forgotten(
    pool: Pool, kafka_bootstrap: str
) -> None:
    async with reading(kafka_bootstrap) as reader:
        subjects = [uuid4() for _ in range(5)]
        events = [event for _ in range(30) for event in await publish(pool, subjects * 2)]
        relay = Relay(pool, kafka_bootstrap, "admission", batch_size=100)
        assert [await relay.relay_once() for _ in range(4)] == [100, 100, 100, 0]
        arrived = await reader.until_read(events)
    assert arrived == {subject: list(range(1, 61)) for subject in subjects}
    assert await unsent(pool) == 0
    assert await pool.fetchval("SELECT count(*) FROM ledger") == 300


async def test_the_record_is_a_cloud_event_with_the_bytes_of_the_ledger(
    pool: Pool, kafka_bootstrap: str
) -> None:
    async with reading(kafka_bootstrap) as reader:
        [event] = await publish(pool, [uuid4()])
        await Relay(pool, kafka_bootstrap, "admission").relay_once()
        await reader.until_read([event])
    [record] = reader.records
    headers = {name: value.decode() for name, value in record.headers}
    assert record.key == str(event.subject).encode()
    assert record.value == await pool.fetchval("SELECT data FROM ledger")
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(event.event_id),
        "ce_source": "urn:relais:admission",
        "ce_type": "relais.admission.access-revoked.v1",
        "ce_time": "2026-03-01T12:00:00+00:00",
        "ce_subject": str(event.subject),
        "ce_sequence": "1",
        "ce_recordedtime": "2026-03-01T12:00:00+00:00",
        "content-type": "application/json",
    }


async def test_only_one_relay_leads_and_another_takes_over(spine_database: str, kafka_bootstrap: str) -> None:
    async with (
        open_pool(spine_database, application_name="first") as first,
        open_pool(spine_database, application_name="second") as second,
        reading(kafka_bootstrap) as reader,
    ):
        standby = Relay(second, kafka_bootstrap, "admission")
        async with kept_running(Relay(first, kafka_bootstrap, "admission").run):
            events = await publish(first, [uuid4()] * 3)
            await reader.until_read(events)
            assert await standby.relay_once() == 0
        async with kept_running(standby.run):
            events = await publish(first, [uuid4()] * 3)
            await reader.until_read(events)


async def test_a_relay_that_lost_its_session_stops_sending_and_comes_back(
    pool: Pool, kafka_bootstrap: str
) -> None:
    relay = Relay(pool, kafka_bootstrap, "admission")
    async with reading(kafka_bootstrap) as reader, kept_running(relay.run):
        await reader.until_read(await publish(pool, [uuid4()]))
        assert await pool.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE locktype = 'advisory' AND granted AND datname = current_database()"
        )
        await reader.until_read(await publish(pool, [uuid4()] * 5))


async def test_a_new_leader_that_cannot_reach_the_broker_shows_how_long_events_wait(pool: Pool) -> None:
    await publish(pool, [uuid4()])
    relay = Relay(pool, f"127.0.0.1:{free_port()}", "admission")

    with pytest.raises(KafkaError):
        await relay.run(asyncio.Event())

    age = REGISTRY.get_sample_value("relais_outbox_oldest_unsent_seconds")
    assert age == pytest.approx((system_clock() - NOW).total_seconds(), abs=PATIENCE_SECONDS)


async def test_the_relay_is_woken_and_need_not_wait_for_its_next_look(
    pool: Pool, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "POLL_SECONDS", 2 * PATIENCE_SECONDS)
    relay = Relay(pool, kafka_bootstrap, "admission")
    async with reading(kafka_bootstrap) as reader, kept_running(relay.run):
        for _ in range(3):
            events = await publish(pool, [uuid4()])
            await reader.until_read(events)
