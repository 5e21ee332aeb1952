"""What must a Kafka client be able to do as a member of a group? The port that the library stands behind.

`tests/continuity/bus` puts another library behind it and breaks the broker under both.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from shared.spine.kafka.tolerant_records import tolerate_header_names


class GroupClient(Protocol):
    """A member of a consumer group; every call but `stop` may raise a KafkaError that a retry can cure."""

    def subscribe(self, topics: Sequence[str], *, listener: ConsumerRebalanceListener) -> None:
        """Take part in sharing out the topics; the listener is awaited before and after every change."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, list[Any]]:
        """Consecutive records per partition; waits no longer than this for the first, and for a rebalance.

        Where partitions are named, of no others.
        """

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go on from there; until then nothing is said about where an assigned partition starts."""

    def highwater(self, partition: TopicPartition) -> int | None:
        """End of the log when it was last read."""

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]: ...

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]: ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Say where we are; nothing depends on it."""


def group_client(*, bootstrap: str, consumer_group: str) -> GroupClient:
    """A member, not yet started.

    Where it would start by itself (`earliest`) is of no account: positions are the checkpoint's.
    """
    tolerate_header_names()
    client: GroupClient = AIOKafkaConsumer(
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
    return client
