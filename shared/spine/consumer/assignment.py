"""Which partitions are ours, and from where do we read them? Kafka assigns; the checkpoint has the position.

Every partition that Kafka assigns must be claimed before a record of it is applied: the claim raises the
epoch, which fences the previous owner, and seeks to the stored position. Positions are believed only as
far as the log agrees: one that lies outside (truncated, expired, or a new cluster) starts at the earliest
record, and the inbox drops what was applied already.
"""

import asyncio
from collections.abc import Collection, Iterable

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from shared.database.pool import Pool
from shared.spine.inbox import checkpoint
from shared.spine.kafka.group_client import GroupClient
from shared.spine.kafka.topics import cluster_id
from shared.telemetry.logging import get_logger


class ClusterChanged(KafkaError):  # type: ignore[misc]  # noqa: N818
    """The broker came back with other data than we have positions in: join and claim anew."""


class Position:
    """A claimed partition and the offset that comes next."""

    def __init__(self, claim: checkpoint.Claim, next_offset: int) -> None:
        self.claim = claim
        self.next_offset = next_offset
        self.just_sought = True


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """Our partitions. Hold `lock` while claiming or applying: a rebalance waits for it."""

    def __init__(self, pool: Pool, consumer: GroupClient, *, bootstrap: str, consumer_group: str) -> None:
        self._pool = pool
        self._consumer = consumer
        self._bootstrap = bootstrap
        self._consumer_group = consumer_group
        self._unclaimed: set[TopicPartition] = set()
        self.lock = asyncio.Lock()
        self.positions: dict[TopicPartition, Position] = {}
        self.cluster_id = ""
        self.settled = False
        """Whether Kafka has assigned and all of it is claimed: `positions` is then all that is ours."""

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """Let the batch in flight end, then forget: whoever is next must not find us half-way."""
        async with self.lock:
            self.positions.clear()
            self._unclaimed.clear()
            self.settled = False

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Only note them: aiokafka swallows what a listener raises, and a claim can fail."""
        async with self.lock:
            self.positions.clear()
            self._unclaimed = set(assigned)
            self.settled = not assigned

    async def claim(self) -> None:
        """Claim what is assigned and not claimed yet."""
        if not self._unclaimed:
            return
        async with self.lock:
            wanted = sorted(self._unclaimed)
            self.cluster_id = await cluster_id(self._bootstrap)
            if any(held.claim.cluster_id != self.cluster_id for held in self.positions.values()):
                raise ClusterChanged
            claimed = {partition: await self._raise_epoch(partition) for partition in wanted}
            # Asked for after that: from here on no previous owner moves a position past this end.
            earliest, end = await self._log_bounds(wanted)
            for partition, (claim, stored) in claimed.items():
                self.positions[partition] = await self._start(
                    partition, claim, stored, earliest=earliest[partition], end=end[partition]
                )
            self._unclaimed.difference_update(wanted)
            self.settled = True

    async def _raise_epoch(self, partition: TopicPartition) -> tuple[checkpoint.Claim, int | None]:
        return await checkpoint.raise_epoch(
            self._pool,
            consumer_group=self._consumer_group,
            cluster_id=self.cluster_id,
            topic=partition.topic,
            partition=partition.partition,
        )

    async def _start(
        self,
        partition: TopicPartition,
        claim: checkpoint.Claim,
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
            await checkpoint.move(self._pool, claim, earliest)
            stored = earliest
        self._consumer.seek(partition, stored)
        return Position(claim, stored)

    async def _log_bounds(
        self, partitions: Iterable[TopicPartition]
    ) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
        wanted = list(partitions)
        return await self._consumer.beginning_offsets(wanted), await self._consumer.end_offsets(wanted)

    def continues(self, partition: TopicPartition, first_offset: int) -> bool:
        """Whether records from `first_offset` on come next; if not, the right ones will be fetched again."""
        position = self.positions.get(partition)
        if position is None:
            return False
        if first_offset < position.next_offset:
            # The client started over by itself: the log is shorter than it was. Look at it again.
            del self.positions[partition]
            self._unclaimed.add(partition)
            return False
        if first_offset > position.next_offset and not position.just_sought:
            # Something was read and lost on the way here, or it expired: ask for it once more.
            self._consumer.seek(partition, position.next_offset)
            position.just_sought = True
            return False
        return True

    async def behind(self, topics: Iterable[str]) -> dict[TopicPartition, int]:
        """Position of each partition whose log goes on after it: ours, or anyone's when we have none.

        None while nobody reaches the broker: the client waits for its return by itself. Leaving the group
        then helps nobody, for the broker would wait for our old membership to expire once it is back.
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
