"""Observes how far a consumer has come: its lag, its offsets for Kafka's tools, and whether it is stuck."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared.runtime.clock import Clock
from shared.runtime.errors import WorkerStops
from shared.spine.kafka.clients import GroupClient
from shared.telemetry import metrics

REPORT_EVERY_SECONDS: Final = 1.0

PartitionT = TypeVar("PartitionT")


class Lag:
    """Measures, per topic, the age of the oldest record that this process should have applied."""

    def __init__(self, topics: list[str], clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[TopicPartition, datetime] = {}
        for topic in topics:
            metrics.consumer_lag_seconds.labels(topic).set_function(partial(self.age_seconds, topic))

    def record_waits(self, partition: TopicPartition, since: datetime) -> None:
        """Records wait, the oldest of them since `since`."""
        self._waiting[partition] = since

    def is_behind(self, partition: TopicPartition) -> None:
        """Records wait and none was read: they count from now on."""
        self._waiting.setdefault(partition, self._clock())

    def caught_up(self, partition: TopicPartition) -> None:
        """No record waits."""
        self._waiting.pop(partition, None)

    def keep_only(self, partitions: Collection[TopicPartition]) -> None:
        """Forget the partitions of other members."""
        for partition in self._waiting.keys() - set(partitions):
            del self._waiting[partition]

    def age_seconds(self, topic: str) -> float:
        """Age of the oldest waiting record of a topic, 0 when none waits."""
        since = [moment for partition, moment in list(self._waiting.items()) if partition.topic == topic]
        return max(0.0, (self._clock() - min(since)).total_seconds()) if since else 0.0


class OffsetReport:
    """Reports positions as committed offsets, for Kafka's own lag tools; nothing reads them back.

    In the background, one request at a time; a request that fails is ignored.
    """

    def __init__(self, consumer: GroupClient, *, now: Callable[[], float]) -> None:
        self._consumer = consumer
        self._now = now
        self._sent_at = now()
        self._sent: dict[TopicPartition, int] = {}
        self._task: asyncio.Task[None] | None = None

    def send(self, positions: Mapping[TopicPartition, int]) -> None:
        """Report the positions, unless that was done less than a second ago or nothing moved; never waits."""
        busy = self._task is not None and not self._task.done()
        too_soon = self._now() - self._sent_at < REPORT_EVERY_SECONDS
        if busy or too_soon or not positions or positions == self._sent:
            return
        self._sent, self._sent_at = dict(positions), self._now()
        self._task = asyncio.get_running_loop().create_task(self._commit_offsets(dict(positions)))

    async def _commit_offsets(self, positions: Mapping[TopicPartition, int]) -> None:
        with suppress(KafkaError, OSError):
            await self._consumer.commit(positions)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


class ConsumerStalled(WorkerStops):
    """Records wait and none is fetched: the client is stuck, as aiokafka's can be. The worker stops."""


class Watchdog(Generic[PartitionT]):
    """Detects that a partition stays at one offset though records wait; `now` is a monotonic clock."""

    def __init__(self, *, stalled_after_seconds: float, now: Callable[[], float]) -> None:
        self._stalled_after_seconds = stalled_after_seconds
        self._now = now
        self._looked_at = now()
        self._stuck: dict[PartitionT, tuple[int, float]] = {}

    def is_due(self) -> bool:
        """Whether it is time for the next observation."""
        return self._now() - self._looked_at >= self._stalled_after_seconds / 4

    def observe(self, behind: Mapping[PartitionT, int]) -> None:
        """Take the offsets of what is behind now; raises ConsumerStalled when one of them does not move."""
        now = self._looked_at = self._now()
        stuck = {}
        for partition, offset in behind.items():
            seen_offset, since = self._stuck.get(partition, (offset, now))
            stuck[partition] = (offset, since if seen_offset == offset else now)
        self._stuck = stuck
        if any(now - since >= self._stalled_after_seconds for _, since in stuck.values()):
            raise ConsumerStalled(f"no record applied for {self._stalled_after_seconds} s though some wait")
