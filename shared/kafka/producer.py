"""How do records get to the broker? Through a producer that is thrown away at the first error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

STOP_TIMEOUT_SECONDS: Final = 10


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
    )
    try:
        await producer.start()
        yield producer
    finally:
        # stop() flushes, and with a dead broker it never ends; what it loses is still in the outbox.
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(producer.stop(), STOP_TIMEOUT_SECONDS)
