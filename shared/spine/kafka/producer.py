"""How do records get to the broker? Through a producer that is thrown away at the first error."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.spine.kafka.stopping import stop_client


@asynccontextmanager
async def open_producer(bootstrap: str, *, client_id: str) -> AsyncIterator[Any]:
    """An idempotent producer that waits for all in-sync replicas.

    Idempotence holds within one producer: a batch that failed makes the later ones of its partition
    fail too, so they cannot overtake it. After any error leave the block, open a new one and resend.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
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
