"""Implements the `GroupClient` port with confluent-kafka (librdkafka), for comparison with aiokafka.

Its consumer blocks, and a call waits while another thread is inside it, even in a callback. So one thread
makes all calls and runs the rebalance callbacks, which wait for the listener in the event loop. Log offsets
are queried through a second handle, because a listener may wait for the answer. A partition is read only
after a seek.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from confluent_kafka import Consumer, KafkaException
from confluent_kafka import TopicPartition as Place

REQUEST_SECONDS: Final = 10
LISTENER_SECONDS: Final = 30


class ConfluentFailed(KafkaError):  # type: ignore[misc]  # noqa: N818
    """An error of confluent-kafka, mapped to one that a retry can cure."""


@dataclass(frozen=True)
class Fetched:
    """A record with aiokafka's field names."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


class ConfluentClient:
    """See `GroupClient`."""

    def __init__(self, *, bootstrap: str, consumer_group: str) -> None:
        settings = {
            "bootstrap.servers": bootstrap,
            "group.id": consumer_group,
            "client.id": consumer_group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "partition.assignment.strategy": "roundrobin",
            "session.timeout.ms": 10_000,
            "heartbeat.interval.ms": 2_000,
            "max.poll.interval.ms": 60_000,
            "socket.timeout.ms": 20_000,
            "reconnect.backoff.max.ms": 1_000,
        }
        logger = logging.getLogger("librdkafka")
        self._consumer = Consumer(settings, logger=logger)
        self._asker = Consumer(settings, logger=logger)
        self._thread = ThreadPoolExecutor(1, "poll")
        self._ends: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        self._sought: dict[TopicPartition, int] = {}

    def subscribe(self, topics: Sequence[str], *, listener: ConsumerRebalanceListener) -> None:
        self._topics, self._listener = list(topics), listener

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._consumer.subscribe(
            self._topics, on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked
        )

    async def stop(self) -> None:
        await self._loop.run_in_executor(self._thread, self._consumer.close)
        await asyncio.to_thread(self._asker.close)
        self._thread.shutdown(wait=False)

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, list[Any]]:
        if partitions:
            return {}  # nothing is buffered here: the next poll returns them
        sought, self._sought = self._sought, {}
        return await self._loop.run_in_executor(
            self._thread, self._poll, sought, timeout_ms / 1000, max_records
        )

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._sought[partition] = offset

    def highwater(self, partition: TopicPartition) -> int | None:
        return self._ends.get(partition)

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {each: low for each, (low, _) in (await self._bounds(partitions)).items()}

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return {each: high for each, (_, high) in (await self._bounds(partitions)).items()}

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        places = [self._place(each, offset) for each, offset in offsets.items()]

        def send() -> None:
            try:
                self._consumer.commit(offsets=places, asynchronous=True)
            except KafkaException as error:
                raise ConfluentFailed(*error.args) from error

        await self._loop.run_in_executor(self._thread, send)

    async def _bounds(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        def ask() -> dict[TopicPartition, tuple[int, int]]:
            return {each: self._bounds_of(each) for each in partitions}

        return await asyncio.to_thread(ask)

    def _bounds_of(self, partition: TopicPartition) -> tuple[int, int]:
        try:
            bounds = self._asker.get_watermark_offsets(self._place(partition), timeout=REQUEST_SECONDS)
        except KafkaException as error:
            raise ConfluentFailed(*error.args) from error
        if bounds is None:
            raise ConfluentFailed("no answer about the bounds of a partition")
        low, high = bounds
        return low, high

    def _poll(
        self, sought: Mapping[TopicPartition, int], timeout: float, most: int
    ) -> dict[TopicPartition, list[Any]]:
        try:
            if sought:
                self._next.update(sought)
                self._consumer.assign([self._place(each, offset) for each, offset in self._next.items()])
            first = self._consumer.poll(timeout)
            messages = [] if first is None else [first, *self._consumer.consume(most - 1, 0)]
        except KafkaException as error:
            raise ConfluentFailed(*error.args) from error
        fetched: dict[TopicPartition, list[Any]] = {}
        for message in messages:
            self._sort_in(message, fetched)
        for each in fetched:
            _, end = self._consumer.get_watermark_offsets(self._place(each), cached=True)
            self._ends[each] = end
        return fetched

    def _sort_in(self, message: Any, fetched: dict[TopicPartition, list[Any]]) -> None:
        if (error := message.error()) is not None:
            if error.fatal():
                raise ConfluentFailed(error.name())
            return  # the library recovers by itself
        partition = TopicPartition(message.topic(), message.partition())
        if partition not in self._next:
            return
        self._next[partition] = message.offset() + 1
        record = Fetched(
            topic=partition.topic,
            partition=partition.partition,
            offset=message.offset(),
            timestamp=message.timestamp()[1],
            key=message.key(),
            value=message.value(),
            headers=tuple(message.headers() or ()),
        )
        fetched.setdefault(partition, []).append(record)

    def _assigned(self, consumer: Any, assigned: Iterable[Any]) -> None:
        consumer.assign([])
        self._forget()
        self._tell(self._listener.on_partitions_assigned(_topic_partitions(assigned)))

    def _revoked(self, consumer: Any, revoked: Iterable[Any]) -> None:
        self._tell(self._listener.on_partitions_revoked(_topic_partitions(revoked)))
        self._forget()
        consumer.unassign()

    def _forget(self) -> None:
        self._next.clear()
        self._sought.clear()

    def _tell(self, call: Any) -> None:
        try:
            asyncio.run_coroutine_threadsafe(call, self._loop).result(LISTENER_SECONDS)
        except TimeoutError as error:
            raise ConfluentFailed("a listener did not answer") from error

    def _place(self, partition: TopicPartition, offset: int = -1) -> Any:
        return Place(partition.topic, partition.partition, offset)


def _topic_partitions(partitions: Iterable[Any]) -> list[TopicPartition]:
    return [TopicPartition(each.topic, each.partition) for each in partitions]
