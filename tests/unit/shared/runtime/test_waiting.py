"""Waiting for events ends with the first of them, with the time, or with the task that waits."""

import asyncio

import pytest

from shared.runtime.waiting import wait_for

LONG_SECONDS = 60.0


async def test_the_first_of_several_events_ends_the_wait() -> None:
    first, second = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().call_soon(second.set)
    assert await wait_for(first, second, timeout_seconds=LONG_SECONDS)


async def test_an_event_that_is_set_already_is_not_waited_for() -> None:
    event = asyncio.Event()
    event.set()
    assert await wait_for(event, timeout_seconds=0)


async def test_without_an_event_the_wait_ends_with_the_time() -> None:
    assert not await wait_for(asyncio.Event(), asyncio.Event(), timeout_seconds=0.001)


async def test_whoever_is_cancelled_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    waiting = asyncio.ensure_future(wait_for(asyncio.Event(), asyncio.Event(), timeout_seconds=LONG_SECONDS))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before
