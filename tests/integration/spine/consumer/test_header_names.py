"""No record stops a service by a header whose name is no text; a client may write any bytes there."""

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import RecordMetadata

from shared.database.pool import Pool
from shared.events.envelope import RecordedEvent
from shared.spine.outbox.relay import Relay
from shared.spine.records.cloud_events import NOT_CLOUD_EVENT
from tests.integration.spine.published import Commits, consumer, kept_running, publish

pytestmark = pytest.mark.services

TOPIC = "relais.admission"
STAND_IN = b"a-name-to-be-overwritten"
NO_TEXT = b"\xff" * len(STAND_IN)
CRC, COVERED_BY_CRC = slice(17, 21), slice(21, None)


async def write_records_with_such_a_header(bootstrap: str) -> RecordMetadata:
    """A batch of three records, of which the second has the header; gives the place of the first."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        batch = producer.create_batch()
        for name in (b"x", STAND_IN, b"x"):
            batch.append(timestamp=None, key=b"?", value=b"{}", headers=[(name.decode(), b"\x00")])
        data = bytearray(bytes(batch._build()).replace(STAND_IN, NO_TEXT))
        data[CRC] = calc_crc32c(bytes(data[COVERED_BY_CRC])).to_bytes(4, "big")
        batch._buffer = data
        return await (await producer.send_batch(batch, TOPIC, partition=0))


async def relayed(pool: Pool, bootstrap: str, count: int) -> list[RecordedEvent]:
    """Events, appended and sent."""
    events = await publish(pool, [uuid4() for _ in range(count)])
    while await Relay(pool, bootstrap, "admission").relay_once():
        pass
    return events


async def test_a_header_name_that_is_no_text_is_parked_with_its_record_and_stops_nobody(
    pool: Pool, kafka_bootstrap: str
) -> None:
    commits = Commits()
    events = await relayed(pool, kafka_bootstrap, 20)
    place = await write_records_with_such_a_header(kafka_bootstrap)
    events += await relayed(pool, kafka_bootstrap, 20)
    group = f"relais-test-{uuid4().hex[:8]}"
    async with kept_running(consumer(pool, kafka_bootstrap, group, commits=commits).run):
        await commits.until_applied(pool, events)
    parked = await pool.fetch(
        "SELECT reason, headers FROM parked WHERE topic = $1 AND partition = 0"
        " AND record_offset BETWEEN $2 AND $3 ORDER BY record_offset",
        TOPIC,
        place.offset,
        place.offset + 2,
    )
    assert [row["reason"] for row in parked] == [NOT_CLOUD_EVENT] * 3
    assert [rb"\\xff" in row["headers"] for row in parked] == [False, True, False]
