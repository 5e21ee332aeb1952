"""How are batches of several partitions applied at once? A few at a time, and none goes on after a failure.

Each has a transaction and a fence of its own, as if another worker applied it: while the database works for
one, Python decodes and folds another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence


async def side_by_side(jobs: Sequence[Callable[[], Awaitable[None]]], *, at_once: int) -> None:
    """Run them, `at_once` at a time; raises what the first to fail raised. None runs any more then."""
    free = asyncio.Semaphore(at_once)

    async def run(job: Callable[[], Awaitable[None]]) -> None:
        await free.acquire()
        await job()
        free.release()  # not after a failure: nobody else may start

    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(run(job))
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
