"""Jobs run concurrently, no more than allowed, and none is started after a failure."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from shared.spine.consumer.concurrency import run_concurrently


class Jobs:
    """Jobs that end when they are let go."""

    def __init__(self) -> None:
        self.running: set[int] = set()
        self.most = 0
        self.ended: list[int] = []
        self.one_runs = asyncio.Event()
        self.two_run = asyncio.Event()
        self.let_go = asyncio.Event()

    def make(self, count: int) -> list[Callable[[], Awaitable[None]]]:
        return [partial(self._run, number) for number in range(count)]

    async def _run(self, number: int) -> None:
        self.running.add(number)
        self.most = max(self.most, len(self.running))
        self.one_runs.set()
        if len(self.running) == 2:
            self.two_run.set()
        try:
            await self.let_go.wait()
            self.ended.append(number)
        finally:
            self.running.remove(number)


async def test_as_many_as_allowed_run_at_once() -> None:
    jobs = Jobs()

    turn = asyncio.ensure_future(run_concurrently(jobs.make(5), limit=2))
    await jobs.two_run.wait()
    jobs.let_go.set()
    await turn
    assert (jobs.most, sorted(jobs.ended), jobs.running) == (2, [0, 1, 2, 3, 4], set())


async def test_a_failure_is_raised_as_it_is_when_nobody_runs_any_more_and_nobody_starts() -> None:
    jobs = Jobs()

    async def fail() -> None:
        await jobs.one_runs.wait()
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        await run_concurrently([fail, *jobs.make(3)], limit=2)
    assert (jobs.most, jobs.ended, jobs.running) == (1, [], set())


async def test_who_is_cancelled_takes_the_batches_along() -> None:
    jobs = Jobs()
    turn = asyncio.ensure_future(run_concurrently(jobs.make(2), limit=2))
    await jobs.two_run.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert (jobs.ended, jobs.running) == ([], set())
