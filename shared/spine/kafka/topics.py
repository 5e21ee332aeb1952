"""Creates the topics, one per publisher, and identifies the cluster."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code

from shared.events.registry import TOPICS
from shared.spine.kafka.broker import Bootstrap
from shared.spine.kafka.clients import connection, stop_client

PARTITIONS: Final = 6
REQUEST_TIMEOUT_MS: Final = 10_000


async def ensure_topics(
    bootstrap: Bootstrap, publishers: Sequence[str], *, replication_factor: int = 1
) -> None:
    """Create the topics that are missing; others stay as they are. Raises a KafkaError."""
    wanted = [
        NewTopic(TOPICS[publisher], num_partitions=PARTITIONS, replication_factor=replication_factor)
        for publisher in publishers
    ]
    async with _admin(bootstrap) as admin:
        known = await admin.list_topics()
        missing = [topic for topic in wanted if topic.name not in known]
        if not missing:
            return
        answer = await admin.create_topics(missing, timeout_ms=REQUEST_TIMEOUT_MS)
    for _, code, *_ in answer.topic_errors:
        error = for_code(code)
        if error not in {NoError, TopicAlreadyExistsError}:
            raise error


async def cluster_id(bootstrap: Bootstrap) -> str:
    """The identity of the cluster's data: a broker that was wiped has another one."""
    async with _admin(bootstrap) as admin:
        return str((await admin.describe_cluster())["cluster_id"])


@asynccontextmanager
async def _admin(bootstrap: Bootstrap) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(**connection(bootstrap), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await admin.start()
        yield admin
    finally:
        await stop_client(admin.close(), client="admin")
