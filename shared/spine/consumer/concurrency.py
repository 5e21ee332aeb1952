"""Runs jobs concurrently, so many at a time, and starts none after a failure.

Each batch has a transaction and a lease of its own, as if another worker applied it: while the database works
for one, Python decodes and folds another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

Job = Callable[[], Awaitable[None]]


async def run_concurrently(jobs: Sequence[Job], *, limit: int) -> None:
    """Run the jobs, at most `limit` of them concurrently.

    Raises what the first to fail raised, once no other job runs any more.
    """
    free = asyncio.Semaphore(limit)
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(_run_when_free(job, free))
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


async def _run_when_free(job: Job, free: asyncio.Semaphore) -> None:
    await free.acquire()
    await job()
    free.release()  # not after a failure: no other job may start
