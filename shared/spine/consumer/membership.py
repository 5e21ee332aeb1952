"""How does a worker join its consumer group, and leave it within a bound?"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from shared.database.pool import Pool
from shared.spine.consumer.assignment import Assignment
from shared.spine.kafka.group_client import GroupClient, group_client
from shared.spine.kafka.stopping import stop_client


@asynccontextmanager
async def join_group(
    pool: Pool, *, bootstrap: str, consumer_group: str, topics: Sequence[str]
) -> AsyncIterator[tuple[GroupClient, Assignment]]:
    """A member of the group and its partitions; leave after any error and join again."""
    consumer = group_client(bootstrap=bootstrap, consumer_group=consumer_group)
    assignment = Assignment(pool, consumer, bootstrap=bootstrap, consumer_group=consumer_group)
    try:
        consumer.subscribe(topics, listener=assignment)
        await consumer.start()
        yield consumer, assignment
    finally:
        await stop_client(consumer.stop(), client="consumer")
