"""How many files of admission a movement passes on its way in, out to Kafka, and back as a receipt."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.database.pool import open_pool
from shared.events.registry import ADMISSION, TOPICS
from shared.spine.kafka.topics import PARTITIONS, ensure_topics
from shared.spine.outbox.relay import Relay
from tests.files_passed import FilesPassed
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission, bearer, settings_for
from tests.integration.spine.published import PATIENCE_SECONDS
from tests.unit.admission.bodies import identifier, movement

pytestmark = pytest.mark.services

POST_TO_COMMIT = 8
RECORD_TO_PUBLICATION = 7
READ = 3


async def test_a_movement_passes_few_files_until_its_commit(admission: Admission) -> None:
    source = await admission.source()
    rose = identifier("2410575123456")
    # What is asked once per source and establishment is known.
    await admission.post(source, movement())
    for _ in ("of a stranger", "of a known person"):
        passed = FilesPassed()
        with passed.recorded():
            assert (await admission.post(source, movement(rose))).status_code == 202
        passed.assert_at_most(POST_TO_COMMIT, "services/admission", until_commit=True)


async def test_a_recorded_event_passes_few_files_until_it_is_published(
    create_database: Callable[..., str], kafka_bootstrap: str, open_admission: Open
) -> None:
    settings = settings_for(
        await asyncio.to_thread(create_database, "admission"), kafka_bootstrap=kafka_bootstrap
    )
    await ensure_topics(kafka_bootstrap, [ADMISSION])
    async with open_admission(settings) as admission:
        posted = await admission.post(await admission.source(), movement())
    wanted, passed = ("ce_id", posted.json()["event_id"].encode()), FilesPassed()
    ends = await _ends(kafka_bootstrap)
    async with open_pool(settings.database_url, application_name="test") as pool:
        with passed.recorded():
            await Relay(pool, kafka_bootstrap, ADMISSION).relay_once()
    # Read only now: a reader in this process would pass files of its own.
    async with asyncio.timeout(PATIENCE_SECONDS), _reader(kafka_bootstrap) as topic:
        for partition, end in ends.items():
            topic.seek(partition, end)
        while wanted not in (await topic.getone()).headers:
            continue
    passed.assert_at_most(RECORD_TO_PUBLICATION, "shared/spine")


@asynccontextmanager
async def _reader(bootstrap: str) -> AsyncIterator[Any]:
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await reader.start()
    try:
        reader.assign([TopicPartition(TOPICS[ADMISSION], number) for number in range(PARTITIONS)])
        yield reader
    finally:
        await reader.stop()


async def _ends(bootstrap: str) -> dict[TopicPartition, int]:
    async with _reader(bootstrap) as topic:
        ends: dict[TopicPartition, int] = await topic.end_offsets(topic.assignment())
        return ends


async def test_a_receipt_passes_few_files(admission: Admission) -> None:
    source = await admission.source(scopes=("intake", "read"))
    receipt = (await admission.post(source, movement())).json()["receipt_id"]
    passed = FilesPassed()
    with passed.recorded():
        answer = await admission.client.get(f"/v1/receipts/{receipt}", headers=bearer(source.secret))
    assert answer.status_code == 200
    passed.assert_at_most(READ, "services/admission")
