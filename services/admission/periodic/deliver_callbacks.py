"""Tells sources what is new, each at its own pace: a slow endpoint delays only itself."""

import asyncio
from typing import Final
from uuid import UUID

from services.admission.handlers.callbacks.deliver import deliver_to
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.callbacks.deliveries import sources_due
from shared.runtime.waiting import wait_for

MOST_SOURCES: Final = 32
"""That are told at once by one process; each has its turn, so that slow ones keep none waiting for long."""
IDLE_SECONDS: Final = 1.0


async def deliver_callbacks(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """Look for sources that are to be told, and tell each beside the others."""
    telling: dict[UUID, asyncio.Task[None]] = {}
    try:
        while not stop.is_set():
            now, free = dependencies.clock(), MOST_SOURCES - len(telling)
            for source_id in await sources_due(dependencies.pool, now=now, besides=telling, limit=free):
                telling[source_id] = asyncio.create_task(deliver_to(dependencies, source_id, stop))
            await wait_for(stop, timeout_seconds=IDLE_SECONDS)
            for source_id in [source for source, task in telling.items() if task.done()]:
                telling.pop(source_id).result()
    finally:
        # The answer to a call that has left is known only here.
        await asyncio.gather(*telling.values(), return_exceptions=True)
