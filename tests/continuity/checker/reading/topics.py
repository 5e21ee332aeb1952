"""Reads every record of every topic after a run, without joining a consumer group."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

TOPICS: Final = ("relais.admission", "relais.pathway", "relais.notifications")
_QUIET_MS: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record; fields that cannot be decoded are None."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: str
    """Names and values, one per line."""
    value: str
    event_id: str | None
    subject: str | None
    sequence: int | None


def read_topics(bootstrap: str) -> tuple[Record, ...]:
    """All records, in the order of each partition."""
    return asyncio.run(_read(bootstrap))


async def _read(bootstrap: str) -> tuple[Record, ...]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = await _partitions(bootstrap)
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(partitions)
        records: list[Record] = []
        while any([await consumer.position(each) < ends[each] for each in partitions]):
            fetched = await consumer.getmany(timeout_ms=_QUIET_MS)
            records += [_record(raw) for batch in fetched.values() for raw in batch]
    finally:
        await consumer.stop()
    return tuple(records)


async def _partitions(bootstrap: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        topics = await admin.describe_topics(list(TOPICS))
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in topics
        for partition in topic["partitions"]
    ]


def _record(raw: Any) -> Record:
    headers = {name: _text(value) for name, value in raw.headers}
    sequence = headers.get("ce_sequence", "")
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=_text(raw.key),
        headers="\n".join(_lines(raw.headers)),
        value=_text(raw.value),
        event_id=headers.get("ce_id"),
        subject=headers.get("ce_subject"),
        sequence=int(sequence) if sequence.isdigit() else None,
    )


def _lines(headers: Sequence[tuple[str, bytes | None]]) -> list[str]:
    return [f"{name}: {_text(value)}" for name, value in headers]


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
