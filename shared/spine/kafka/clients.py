"""Opens and stops the Kafka clients: members of a consumer group, and producers.

`GroupClient` is all that a consumer needs of its library: `tests/continuity/bus` puts another library behind
it and breaks the broker under both.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition

from shared.spine.kafka.broker import ENCRYPTED, WITH_LOGIN, Bootstrap
from shared.spine.kafka.tolerant_records import tolerate_header_names
from shared.telemetry.logging import get_logger

STOP_WITHIN_SECONDS: Final = 10


class GroupClient(Protocol):
    """A member of a consumer group; every call but `stop` may raise a KafkaError that a retry can cure."""

    def subscribe(self, topics: Sequence[str], *, listener: ConsumerRebalanceListener) -> None:
        """Join the group for these topics; the listener is awaited before and after every rebalance."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, list[Any]]:
        """Consecutive records per partition, of the named ones or of all; waits so long for the first record.

        A rebalance can make it wait longer.
        """

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read on from `offset`; where an assigned partition starts before the first call is not defined."""

    def highwater(self, partition: TopicPartition) -> int | None:
        """End of the log when it was last fetched from; `None` where nothing is known, or it is not ours."""

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]: ...

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]: ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Report positions to the broker; nothing depends on it."""


def connection(bootstrap: Bootstrap) -> dict[str, Any]:
    """What every client of the library, reader, writer and administrator, is opened with."""
    if isinstance(bootstrap, str):
        return {"bootstrap_servers": bootstrap}
    options: dict[str, Any] = {
        "bootstrap_servers": bootstrap.addresses,
        "security_protocol": bootstrap.protocol,
    }
    if bootstrap.protocol in ENCRYPTED:
        context = ssl.create_default_context(cafile=bootstrap.ca_file or None)
        if bootstrap.certificate_file:
            context.load_cert_chain(bootstrap.certificate_file)
        options["ssl_context"] = context
    if bootstrap.protocol in WITH_LOGIN:
        options["sasl_mechanism"] = bootstrap.mechanism
        options["sasl_plain_username"] = bootstrap.user
        options["sasl_plain_password"] = bootstrap.password
    return options


class _Member(AIOKafkaConsumer):  # type: ignore[misc] # the driver has no types
    """The driver's member, which keeps to `GroupClient` while the broker takes a partition away."""

    def highwater(self, partition: TopicPartition) -> int | None:
        # The driver asserts that it is assigned, and a rebalance may have ended between two statements.
        end: int | None = super().highwater(partition) if partition in self.assignment() else None
        return end


def group_client(*, bootstrap: Bootstrap, consumer_group: str) -> GroupClient:
    """A member that is not started yet.

    Where it would start by itself (`earliest`) does not matter: every position comes from the checkpoint.
    """
    tolerate_header_names()
    client: GroupClient = _Member(
        **connection(bootstrap),
        group_id=consumer_group,
        client_id=consumer_group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        rebalance_timeout_ms=15_000,
        # Who joins while a broker that was wiped has no topics yet is given none, until it looks again.
        metadata_max_age_ms=10_000,
        request_timeout_ms=20_000,
        retry_backoff_ms=250,
    )
    return client


@asynccontextmanager
async def open_producer(bootstrap: Bootstrap, *, client_id: str) -> AsyncIterator[Any]:
    """An idempotent producer that waits for all in-sync replicas.

    Idempotence holds within one producer: a batch that failed makes the later ones of its partition
    fail too, so they cannot overtake it. After any error leave the block, open a new one and resend.
    """
    producer = AIOKafkaProducer(
        **connection(bootstrap),
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=128 * 1024,
        request_timeout_ms=10_000,
        retry_backoff_ms=250,
    )
    try:
        await producer.start()
        yield producer
    finally:
        await stop_client(producer.stop(), client="producer")


async def stop_client(stopping: Coroutine[Any, Any, None], *, client: str) -> None:
    """Run a client's stop() in a task of its own, for 10 s at most; what it raises is only logged.

    In the same task, aiokafka's stop() can end its caller: it awaits tasks that it has cancelled, and the
    CancelledError then looks like ours. Nothing depends on a clean stop: unsent rows are in the outbox,
    and partitions are protected by their lease.
    """
    task = asyncio.create_task(stopping)
    try:
        await asyncio.wait([task], timeout=STOP_WITHIN_SECONDS)
    finally:
        if not task.done():
            task.cancel()
            get_logger().warning("client_did_not_stop", kind=client)
    if task.done() and not task.cancelled() and task.exception() is not None:
        get_logger().warning("client_stopped_badly", kind=client, error=task.exception())
