"""Everything that a running platform writes, shows or sends around, as bytes by where they were found."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.stack.running_environment import running_environment
from deploy.local.supervision.state import read_state
from services.indicators.settings import Settings as ReadsEveryTopic
from shared.events.registry import TOPICS
from shared.spine.kafka.clients import connection
from shared.testing.otlp_sink import OtlpSink
from tests.e2e.running import RunningPlatform

SERVICES: Final = ("admission", "pathway", "notifications", "indicators")
TABLES: Final = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
LONGEST_READ_SECONDS: Final = 60


async def everything_said(platform: RunningPlatform, sink: OtlpSink) -> dict[str, bytes]:
    """What stands where, but for the stores of the sinks, which are phones and mailboxes."""
    folder = Path(platform.environment["RELAIS_STATE_FOLDER"])
    found = {"traces": str(sink.spans()).encode()}
    found |= dict(_logs(folder))
    found |= dict(_metrics(platform))
    found |= dict(_processes(folder))
    found |= await _topics(folder)
    for service in SERVICES:
        found |= {place: rows async for place, rows in _tables(folder, service)}
    return found


def _logs(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Of every part, of PostgreSQL and Kafka too, and of the supervisor."""
    for log in (folder / "supervisor.log", *sorted((folder / "logs").glob("*"))):
        yield f"log {log.name}", log.read_bytes()


def _metrics(platform: RunningPlatform) -> Iterator[tuple[str, bytes]]:
    for name, part in platform.parts().items():
        if name.partition("-")[0] in SERVICES and str(part["url"]).startswith("http"):
            yield (
                f"metrics {name}",
                httpx.get(f"{part['operations'] or part['url']}/metrics").raise_for_status().content,
            )


def _processes(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Arguments and environment of every process of the platform."""
    for record in read_state(folder).records:
        if record.kind != "part" or record.pid is None:
            continue
        process = psutil.Process(record.pid)
        for each in [process, *process.children(recursive=True)]:
            yield f"process {record.name} {each.pid}", f"{each.cmdline()} {each.environ()}".encode()


async def _topics(folder: Path) -> dict[str, bytes]:
    """Key, headers and value of every record that the broker still has."""
    settings = ReadsEveryTopic.of(running_environment(folder, "indicators"))
    options = connection(settings.broker) | {"auto_offset_reset": "earliest"}
    consumer = AIOKafkaConsumer(*TOPICS.values(), **options)
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic, partition)
            for topic in TOPICS.values()
            for partition in consumer.partitions_for_topic(topic)
        ]
        ends = await consumer.end_offsets(partitions)
        return await asyncio.wait_for(_read_to(consumer, ends), LONGEST_READ_SECONDS)
    finally:
        await consumer.stop()


async def _read_to(consumer: Any, ends: dict[TopicPartition, int]) -> dict[str, bytes]:
    found = {f"topic {partition.topic}": io.BytesIO() for partition in ends}
    while any([await consumer.position(partition) < end for partition, end in ends.items()]):
        for partition, records in (await consumer.getmany(timeout_ms=1000)).items():
            for record in records:
                kept = found[f"topic {partition.topic}"]
                kept.write(b"\n".join([record.key or b"", record.value or b"", *_headers(record)]))
    return {place: kept.getvalue() for place, kept in found.items()}


def _headers(record: Any) -> Iterator[bytes]:
    for name, value in record.headers:
        yield name.encode() + b"=" + (value or b"")


async def _tables(folder: Path, service: str) -> AsyncIterator[tuple[str, bytes]]:
    connected = await asyncpg.connect(running_environment(folder, service)["RELAIS_DATABASE_URL"])
    try:
        for table in await connected.fetch(TABLES):
            dumped = io.BytesIO()
            schema, name = table
            await connected.copy_from_table(name, schema_name=schema, output=dumped, format="binary")
            yield f"table {service} {schema}.{name}", dumped.getvalue()
    finally:
        await connected.close()
