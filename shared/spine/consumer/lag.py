"""How old is the oldest event that this process should have applied? Per topic, as a figure that ages."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from aiokafka import TopicPartition

from shared.runtime.clock import Clock
from shared.telemetry import metrics


class Lag:
    """Remembers since when a record of each partition waits."""

    def __init__(self, topics: list[str], clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[TopicPartition, datetime] = {}
        for topic in topics:
            metrics.consumer_lag_seconds.labels(topic).set_function(partial(self.age_seconds, topic))

    def waits(self, partition: TopicPartition, since: datetime) -> None:
        """A record waits, one of `since` the oldest of them."""
        self._waiting[partition] = since

    def is_behind(self, partition: TopicPartition) -> None:
        """Something waits, and nothing of it was read: it waits at least from now on."""
        self._waiting.setdefault(partition, self._clock())

    def caught_up(self, partition: TopicPartition) -> None:
        """Nothing waits."""
        self._waiting.pop(partition, None)

    def only(self, partitions: Collection[TopicPartition]) -> None:
        """Forget those that are others' to apply."""
        for partition in self._waiting.keys() - set(partitions):
            del self._waiting[partition]

    def age_seconds(self, topic: str) -> float:
        """Age of the oldest waiting record of a topic; 0 when none waits."""
        since = [moment for partition, moment in list(self._waiting.items()) if partition.topic == topic]
        return max(0.0, (self._clock() - min(since)).total_seconds()) if since else 0.0
