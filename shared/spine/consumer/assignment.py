"""Turns the partitions that Kafka assigns into leases, and reads each from the position of its checkpoint.

The lease fences the previous holder, so it is taken before a record of the partition is applied. A position
that lies outside the log (truncated, expired, or a new cluster) is reset to the earliest record, and the
inbox drops what was applied already.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from shared.database.pool import Pool
from shared.runtime.errors import RetryableError
from shared.spine.inbox import checkpoint
from shared.spine.kafka.broker import Bootstrap
from shared.spine.kafka.clients import GroupClient, group_client, stop_client
from shared.spine.kafka.topics import cluster_id
from shared.telemetry.logging import get_logger


class ClusterChanged(RetryableError):  # noqa: N818
    """The broker came back with other data than we have positions in: join the group again."""


class Position:
    """A partition whose lease we hold, and the offset that comes next."""

    def __init__(self, lease: checkpoint.PartitionLease, next_offset: int) -> None:
        self.lease = lease
        self.next_offset = next_offset
        self.just_sought = True


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """The partitions of this member. Hold `lock` while applying: a rebalance waits for it."""

    def __init__(
        self, pool: Pool, consumer: GroupClient, *, bootstrap: Bootstrap, consumer_group: str
    ) -> None:
        self._pool = pool
        self._consumer = consumer
        self._bootstrap = bootstrap
        self._consumer_group = consumer_group
        self._without_lease: set[TopicPartition] = set()
        self.lock = asyncio.Lock()
        self.positions: dict[TopicPartition, Position] = {}
        self.cluster_id = ""
        self.all_leased = False
        """Whether every assigned partition has its lease, so that `positions` is complete."""

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """Let the batch in flight end, then forget all positions."""
        async with self.lock:
            self.positions.clear()
            self._without_lease.clear()
            self.all_leased = False

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Only note them: aiokafka swallows what a listener raises, and taking a lease can fail."""
        async with self.lock:
            self.positions.clear()
            self._without_lease = set(assigned)
            self.all_leased = not assigned

    async def take_leases(self) -> None:
        """Take the lease of each partition that is assigned without one; raises ClusterChanged."""
        if not self._without_lease:
            return
        async with self.lock:
            wanted = sorted(self._without_lease)
            self.cluster_id = await cluster_id(self._bootstrap)
            if any(held.lease.cluster_id != self.cluster_id for held in self.positions.values()):
                raise ClusterChanged
            leases = {partition: await self._take_lease(partition) for partition in wanted}
            # Asked for after that: from here on no previous holder moves a position past this end.
            earliest, end = await self._log_bounds(wanted)
            for partition, (lease, stored) in leases.items():
                self.positions[partition] = await self._start_reading(
                    partition, lease, stored, earliest=earliest[partition], end=end[partition]
                )
            self._without_lease.difference_update(wanted)
            self.all_leased = True

    async def _take_lease(self, partition: TopicPartition) -> tuple[checkpoint.PartitionLease, int | None]:
        return await checkpoint.take_lease(
            self._pool,
            consumer_group=self._consumer_group,
            cluster_id=self.cluster_id,
            topic=partition.topic,
            partition=partition.partition,
        )

    async def _start_reading(
        self,
        partition: TopicPartition,
        lease: checkpoint.PartitionLease,
        stored: int | None,
        *,
        earliest: int,
        end: int,
    ) -> Position:
        if stored is None or not earliest <= stored <= end:
            if stored is not None:
                get_logger().warning(
                    "checkpoint_outside_log",
                    topic=partition.topic,
                    partition=partition.partition,
                    offset=stored,
                )
            await checkpoint.reset(self._pool, lease, earliest)
            stored = earliest
        self._consumer.seek(partition, stored)
        return Position(lease, stored)

    async def _log_bounds(
        self, partitions: Iterable[TopicPartition]
    ) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
        wanted = list(partitions)
        return await self._consumer.beginning_offsets(wanted), await self._consumer.end_offsets(wanted)

    def continues(self, partition: TopicPartition, first_offset: int) -> bool:
        """Whether the record at `first_offset` is the next one; if not, the right one will be fetched."""
        position = self.positions.get(partition)
        if position is None:
            return False
        if first_offset < position.next_offset:
            # The client started over by itself: the log is shorter than it was. Look at it again.
            del self.positions[partition]
            self._without_lease.add(partition)
            return False
        if first_offset > position.next_offset and not position.just_sought:
            # Something was read and lost on the way here, or it expired: ask for it once more.
            self._consumer.seek(partition, position.next_offset)
            position.just_sought = True
            return False
        return True

    async def behind(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """The position of each partition whose log goes on after it: of ours, or of all when we have none.

        Empty while the broker is unreachable: the client waits for its return by itself. Leaving the group
        would not help, for the broker, once it is back, would wait for our old membership to expire.

        Raises ClusterChanged.
        """
        try:
            present = await cluster_id(self._bootstrap)
        except (KafkaError, OSError):
            return {}
        if self.cluster_id not in {"", present}:
            raise ClusterChanged
        self.cluster_id = present
        positions = {each: position.next_offset for each, position in self.positions.items()}
        if not positions:
            stored = await checkpoint.positions(
                self._pool, consumer_group=self._consumer_group, cluster_id=self.cluster_id
            )
            wanted = set(topics)
            positions = {
                TopicPartition(topic, partition): offset
                for (topic, partition), offset in stored.items()
                if topic in wanted
            }
        end = await self._consumer.end_offsets(list(positions)) if positions else {}
        return {each: offset for each, offset in positions.items() if end[each] > offset}


@asynccontextmanager
async def join_group(
    pool: Pool,
    *,
    bootstrap: Bootstrap,
    consumer_group: str,
    topics: Sequence[str],
    open_client: Callable[..., GroupClient] = group_client,
) -> AsyncIterator[tuple[GroupClient, Assignment]]:
    """A member of the group and its partitions; after any error leave the block and join again."""
    client = open_client(bootstrap=bootstrap, consumer_group=consumer_group)
    assignment = Assignment(pool, client, bootstrap=bootstrap, consumer_group=consumer_group)
    try:
        client.subscribe(topics, listener=assignment)
        await client.start()
        yield client, assignment
    finally:
        await stop_client(client.stop(), client="consumer")
