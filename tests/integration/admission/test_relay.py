"""A movement reaches Kafka, and nothing personal of it does."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer

from services.admission.settings import Settings
from shared.events.admission import PatientAdmitted, PatientDischarged
from shared.events.registry import ADMISSION, TOPICS
from shared.spine.outbox.relay import Relay
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import settings_for
from tests.unit.admission.bodies import NAME, identifier, movement

pytestmark = pytest.mark.services


@pytest.fixture
def settings_with_broker(create_database: Callable[..., str], kafka_bootstrap: str) -> Settings:
    return settings_for(create_database("admission"), kafka_bootstrap=kafka_bootstrap)


async def records_of(bootstrap: str, person_id: str, count: int) -> list[Any]:
    """The first `count` records of a person, as they stand in the topic."""
    consumer = AIOKafkaConsumer(
        TOPICS[ADMISSION], bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        found: list[Any] = []
        while len(found) < count:
            record = await consumer.getone()
            if record.key == person_id.encode():
                found.append(record)
        return found
    finally:
        await consumer.stop()


async def test_movements_arrive_in_order_as_cloud_events_without_the_person(
    open_admission: Open, settings_with_broker: Settings
) -> None:
    async with open_admission(settings_with_broker) as admission:
        source = await admission.source()
        person = identifier("270055512345678")
        admitted = (await admission.post(source, movement(person, stay_id="IEP-4711"))).json()
        discharge = movement(
            person, stay_id="IEP-4711", kind="discharge", origin=None, destination={"mode": "home"}
        )
        discharged = (await admission.post(source, discharge)).json()
        relay = Relay(admission.service.spine.pool, settings_with_broker.kafka_bootstrap, ADMISSION)
        assert await relay.relay_once() == 3, "the grant of the key, then the movements"
        assert await admission.rows("SELECT FROM outbox") == []
    records = await records_of(settings_with_broker.kafka_bootstrap, admitted["person_id"], 2)
    headers = [{name: value.decode() for name, value in record.headers} for record in records]
    assert [header["ce_id"] for header in headers] == [admitted["event_id"], discharged["event_id"]]
    assert [header["ce_sequence"] for header in headers] == ["1", "2"]
    entry = msgspec.json.decode(records[0].value, type=PatientAdmitted)
    assert entry.stay_id == msgspec.json.decode(records[1].value, type=PatientDischarged).stay_id
    for record in records:
        sent = record.value + record.key + repr(record.headers).encode()
        for secret in (NAME, "270055512345678", "IEP-4711", "1941-05-17"):
            assert secret.encode() not in sent
