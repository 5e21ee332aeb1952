"""How does a worker join its consumer group, and leave it within a bound?"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.db.pool import Pool
from shared.kafka.assignment import Assignment
from shared.kafka.stopping import stop_client


@asynccontextmanager
async def join_group(
    pool: Pool, *, bootstrap: str, consumer_group: str, topics: Sequence[str]
) -> AsyncIterator[tuple[Any, Assignment]]:
    """A member of the group and its partitions; leave after any error and join again.

    Where the client would start by itself (`earliest`) is of no account: positions are the checkpoint's.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=consumer_group,
        client_id=consumer_group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        rebalance_timeout_ms=15_000,
        request_timeout_ms=20_000,
        retry_backoff_ms=250,
    )
    assignment = Assignment(pool, consumer, bootstrap=bootstrap, consumer_group=consumer_group)
    try:
        consumer.subscribe(topics, listener=assignment)
        await consumer.start()
        yield consumer, assignment
    finally:
        await stop_client(consumer.stop(), client="consumer")
