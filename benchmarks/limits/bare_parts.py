"""Measures each part of a delivery alone: a commit, the bus, an HTTP call."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.setup.servers import Database

_TOPIC = "bare"
_TABLE = "CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, data bytea)"
_BODY = b"x" * 900

Once = Callable[[], Awaitable[object]]


async def milliseconds(
    database: Database, bootstrap: str, url: str, *, per_second: float, count: int
) -> dict[str, list[float]]:
    """The seconds that each part took, each time."""
    taken: dict[str, list[float]] = {}
    async with _commit(database.url("bare")) as commit:
        taken["commit"] = await _time_calls(commit, per_second, count)
    async with _bus(bootstrap) as bus:
        taken["bus"] = await _time_calls(bus, per_second, count)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        taken["HTTP"] = await _time_calls(lambda: client.get(url), per_second, count)
    return taken


async def _time_calls(once: Once, per_second: float, count: int) -> list[float]:
    taken = []
    begin = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
        start = time.perf_counter()
        await once()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


@asynccontextmanager
async def _commit(url: str) -> AsyncIterator[Once]:
    connection = await asyncpg.connect(url, timeout=30)
    await connection.execute(_TABLE)
    try:
        yield lambda: connection.execute("INSERT INTO bare (data) VALUES ($1)", _BODY)
    finally:
        await connection.close()


@asynccontextmanager
async def _bus(bootstrap: str) -> AsyncIterator[Once]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    if _TOPIC not in await admin.list_topics():
        await admin.create_topics([NewTopic(_TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    consumer.assign([TopicPartition(_TOPIC, 0)])

    async def there_and_back() -> None:
        sent = await producer.send_and_wait(_TOPIC, _BODY)
        while (await consumer.getone()).offset < sent.offset:
            continue  # of an earlier measurement

    try:
        await there_and_back()
        yield there_and_back
    finally:
        await consumer.stop()
        await producer.stop()
