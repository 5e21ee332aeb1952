"""Counts the records of each topic that a service has not applied yet: ends of the log less its positions."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.database.pool import Executor
from shared.spine.inbox import checkpoint
from shared.spine.kafka.broker import Bootstrap
from shared.spine.kafka.clients import connection, stop_client
from shared.spine.kafka.topics import cluster_id

ANSWER_WITHIN_SECONDS: Final = 15


async def count_unapplied(
    pool: Executor, *, bootstrap: Bootstrap, consumer_group: str, topics: Sequence[str]
) -> dict[str, int] | None:
    """Return the number of records by topic; None when the broker does not answer."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            return await _count_unapplied(pool, bootstrap, consumer_group, topics)
    except (KafkaError, OSError):
        return None


async def _count_unapplied(
    pool: Executor, bootstrap: Bootstrap, consumer_group: str, topics: Sequence[str]
) -> dict[str, int]:
    cluster = await cluster_id(bootstrap)
    consumer: Any = AIOKafkaConsumer(
        *topics,
        **connection(bootstrap),
        group_id=None,
        enable_auto_commit=False,
        request_timeout_ms=10_000,
    )
    try:
        await consumer.start()
        partitions = [
            TopicPartition(topic, partition)
            for topic in topics
            for partition in consumer.partitions_for_topic(topic) or ()
        ]
        first = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
    finally:
        await stop_client(consumer.stop(), client="consumer")
    # Read after the ends, so that what was applied in the meantime is not counted.
    stored = await checkpoint.positions(pool, consumer_group=consumer_group, cluster_id=cluster)
    left = dict.fromkeys(topics, 0)
    for each in partitions:
        position = stored.get((each.topic, each.partition), first[each])
        left[each.topic] += max(0, ends[each] - max(position, first[each]))
    return left
