"""One cycle: something breaks, and every group must come back by itself. How long did that take?"""

import asyncio
from collections.abc import Awaitable
from typing import Final

import msgspec

from tests.continuity.bus.arena import Arena
from tests.continuity.bus.faults import INJECT, Fault
from tests.continuity.bus.group import Group
from tests.continuity.bus.membership import until_whole

PATIENCE_SECONDS: Final = 120.0
"""Longer than the watchdog needs to end a member that stands still."""


class Recovery(msgspec.Struct, frozen=True):
    """Of one group after one fault; none means: not in time (`PATIENCE_SECONDS`)."""

    client: str
    applied_after_seconds: float | None
    """Until it had applied all that was created up to the return of the broker; for a member's fault, up to
    one second after its begin, and counted from there, so never less than that second."""
    whole_after_seconds: float | None
    """Until every member had its share again, counted from the end of the whole fault."""
    longest_wait_seconds: float
    """Of any record, from its acknowledgement by the broker to its effect."""
    said: dict[str, int]

    @property
    def came_back(self) -> bool:
        """By itself, with everything applied and every member in its place."""
        return self.applied_after_seconds is not None and self.whole_after_seconds is not None


class Cycle(msgspec.Struct, frozen=True):
    """What happened, and what became of it."""

    number: int
    kind: str
    seconds: float
    producer_after_seconds: float | None
    recoveries: list[Recovery]


async def run_cycle(arena: Arena, number: int, fault: Fault) -> Cycle:
    """Break it, wait for the recovery of all; a group that did not come back is started anew."""
    first = len(arena.supply.acknowledged_at)
    struck, over = asyncio.Event(), asyncio.Event()
    # What a dead member should have read is only noticed after a while.
    ahead = arena.supply.rate if fault.kind.startswith("member") else 1
    waiting = [
        asyncio.create_task(_recovery_times(arena, group, struck, over, ahead)) for group in arena.groups
    ]
    producer = asyncio.create_task(_producer_time(arena, struck, ahead))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await INJECT[fault.kind](arena, fault, struck)
    except TimeoutError:
        struck.set()
    over.set()
    times = await asyncio.gather(*waiting)
    cycle = Cycle(
        number=number,
        kind=fault.kind,
        seconds=fault.seconds,
        producer_after_seconds=await producer,
        recoveries=[
            Recovery(
                client=group.client,
                applied_after_seconds=applied,
                whole_after_seconds=whole,
                longest_wait_seconds=await group.effects.longest_wait(first, arena.supply.acknowledged_at),
                said=dict(group.said()),
            )
            for group, (applied, whole) in zip(arena.groups, times, strict=True)
        ],
    )
    for group, recovery in zip(arena.groups, cycle.recoveries, strict=True):
        if not recovery.came_back:
            # Or every later cycle would wait for what this one left behind.
            await group.start_anew()
            await _seconds(until_whole(arena.bootstrap, group))
    return cycle


async def _recovery_times(
    arena: Arena, group: Group, struck: asyncio.Event, over: asyncio.Event, ahead: int
) -> tuple[float | None, float | None]:
    await struck.wait()
    applied = asyncio.create_task(_seconds(group.effects.until_applied(arena.supply.created + ahead)))
    await over.wait()
    whole = await _seconds(until_whole(arena.bootstrap, group))
    return await applied, whole


async def _producer_time(arena: Arena, struck: asyncio.Event, ahead: int) -> float | None:
    await struck.wait()
    return await _seconds(arena.supply.until_acknowledged(arena.supply.created + ahead))


async def _seconds(reached: Awaitable[None]) -> float | None:
    now = asyncio.get_running_loop().time
    began = now()
    try:
        await asyncio.wait_for(reached, PATIENCE_SECONDS)
    except TimeoutError:
        return None
    return round(now() - began, 3)
