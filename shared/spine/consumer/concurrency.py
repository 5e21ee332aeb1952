"""Runs jobs concurrently, so many at a time, and starts none after a failure.

Each batch has a transaction and a lease of its own, as if another worker applied it: while the database works
for one, Python decodes and folds another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence


async def run_concurrently(jobs: Sequence[Callable[[], Awaitable[None]]], *, at_once: int) -> None:
    """Run the jobs, `at_once` at a time; raises what the first to fail raised, when none runs any more."""
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
