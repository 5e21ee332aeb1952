"""Counts the records of the broker that a consumer has not come to, by its stored positions."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from tests.continuity.platform.layout import PUBLISHERS

TOPICS: Final = tuple(f"relais.{publisher}" for publisher in PUBLISHERS)
TOPICS_WITHIN_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 1.0
_POSITIONS: Final = """
SELECT topic, partition, next_offset FROM checkpoint WHERE cluster_id = $1 AND next_offset IS NOT NULL
"""


class LogEnds:
    """Where the log of every partition ends, in one broker that answers."""

    def __init__(self, cluster_id: str, consumer: Any, partitions: list[TopicPartition]) -> None:
        self._cluster_id, self._consumer, self._partitions = cluster_id, consumer, partitions

    async def read(self) -> Mapping[TopicPartition, int]:
        """The offset after the last record of each partition."""
        ends: Mapping[TopicPartition, int] = await self._consumer.end_offsets(self._partitions)
        return ends

    async def unread(self, connection: Any, ends: Mapping[TopicPartition, int], *, topic: str) -> int:
        """How many records of a topic are behind the position of the service whose database this is."""
        rows = await connection.fetch(_POSITIONS, self._cluster_id)
        positions = {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        return sum(max(0, ends[each] - positions.get(each, 0)) for each in ends if each.topic == topic)


@asynccontextmanager
async def log_ends(bootstrap: str) -> AsyncIterator[LogEnds]:
    """Connect to the broker as it is now, once it has all topics: after a wipe they are made again."""
    cluster_id, partitions = await _partitions(bootstrap)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        yield LogEnds(cluster_id, consumer, partitions)
    finally:
        await consumer.stop()


async def _partitions(bootstrap: str) -> tuple[str, list[TopicPartition]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        cluster_id: str = (await admin.describe_cluster())["cluster_id"]
        async with asyncio.timeout(TOPICS_WITHIN_SECONDS):
            while not all((described := await _described(admin)).values()):
                await asyncio.sleep(LOOK_SECONDS)
    finally:
        await admin.close()
    every = ((topic, partition) for topic, found in described.items() for partition in found)
    return cluster_id, [TopicPartition(*each) for each in every]


async def _described(admin: Any) -> dict[str, list[int]]:
    """Topic -> its partitions; none when it does not exist."""
    topics = await admin.describe_topics(list(TOPICS))
    return {topic["topic"]: [each["partition"] for each in topic["partitions"]] for topic in topics}
