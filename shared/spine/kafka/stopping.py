"""How is a Kafka client stopped, though its stop() may hang or fail? Apart from us, within a bound."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from shared.telemetry.logging import get_logger

STOP_WITHIN_SECONDS: Final = 10


async def stop_client(stopping: Coroutine[Any, Any, None], *, client: str) -> None:
    """Run a client's stop() in a task of its own; what it raises is logged and goes no further.

    In the same task, aiokafka's stop() can end its caller: it awaits tasks that it has cancelled, and the
    CancelledError then looks like ours. Nothing depends on a tidy goodbye: unsent rows are in the outbox,
    and partitions are protected by their epoch.
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
