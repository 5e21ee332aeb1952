"""The worker, as it is wired, turns movements on the broker into ruptures on the broker."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.pathway.settings import Settings
from services.pathway.wiring import SERVICE
from shared.database.pool import open_pool
from shared.database.transaction import transaction
from shared.events.envelope import NewEvent, RecordedEvent
from shared.spine.kafka.topics import PARTITIONS, ensure_topics
from shared.spine.outbox.append import append
from shared.spine.outbox.relay import Relay
from shared.spine.records.cloud_events import decode
from shared.spine.service.opening import open_service
from shared.spine.service.worker import duties
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.integration.spine.published import PATIENCE_SECONDS, kept_running

pytestmark = pytest.mark.services


@dataclass
class _Admission:
    """Stands for the admission service: its own ledger and relay."""

    database_url: str
    bootstrap: str

    async def publish(self, events: Sequence[RecordedEvent]) -> None:
        async with open_pool(self.database_url, application_name="test") as pool:
            async with transaction(pool) as connection:
                stated = [
                    NewEvent(
                        event_id=event.event_id,
                        subject=event.subject,
                        occurred_at=event.occurred_at,
                        data=event.data,
                    )
                    for event in events
                ]
                await append(connection, publisher="admission", events=stated, recorded_at=minutes(0))
            await Relay(pool, self.bootstrap, "admission").relay_once()


@dataclass
class _Listening:
    """Hears what pathway publishes about one person."""

    client: Any
    subject: UUID

    async def next(self, count: int) -> list[str]:
        heard: list[str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(heard) < count:
                incoming = decode(await self.client.getone())
                if incoming.envelope is not None and incoming.envelope.subject == self.subject:
                    heard.append(type(incoming.data).__name__)
        return heard


@asynccontextmanager
async def _listening(bootstrap: str, subject: UUID) -> AsyncIterator[_Listening]:
    await ensure_topics(bootstrap, ["pathway"])
    client = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await client.start()
    try:
        client.assign([TopicPartition("relais.pathway", number) for number in range(PARTITIONS)])
        yield _Listening(client, subject)
    finally:
        await client.stop()


async def test_a_rupture_opens_by_the_clock_and_closes_by_the_arrival(
    database_url: str, create_database: Callable[..., str], kafka_bootstrap: str
) -> None:
    admission = _Admission(await asyncio.to_thread(create_database, "admission"), kafka_bootstrap)
    settings = Settings(database_url=database_url, kafka_bootstrap=kafka_bootstrap)
    rose = PersonHistory(f"Rose {uuid4()}")
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    now: list[datetime] = [minutes(601)]
    async with AsyncExitStack() as running:
        service = await running.enter_async_context(open_service(SERVICE, settings, clock=lambda: now[-1]))
        for duty in duties(service).values():
            await running.enter_async_context(kept_running(duty))
        heard = await running.enter_async_context(_listening(kafka_bootstrap, rose.person_id))
        await admission.publish(rose.events)
        assert await heard.next(1) == ["ExpectationOpened"]
        now.append(minutes(751))  # the destination has been silent for longer than the grace
        assert await heard.next(1) == ["RuptureOpened"]
        now.append(minutes(761))
        await admission.publish([rose.admit("second", at=minutes(760), establishment=REHABILITATION)])
        assert await heard.next(2) == ["RuptureClosed", "ExpectationMet"]
