"""Runs one cycle: injects a fault and measures how long each group takes to recover by itself."""

import asyncio
from collections.abc import Awaitable
from typing import Final

import msgspec

from tests.continuity.bus.faults import INJECT, Fault
from tests.continuity.bus.group import Group
from tests.continuity.bus.membership import until_stable
from tests.continuity.bus.setup import Setup

PATIENCE_SECONDS: Final = 120.0
"""Longer than the watchdog takes to end a stalled member."""


class Recovery(msgspec.Struct, frozen=True):
    """Recovery of one group after one fault; None means not within `PATIENCE_SECONDS`."""

    client: str
    applied_after_seconds: float | None
    """Until everything created before the broker's return was applied. For a member's fault: everything
    created in the second after it began, counted from the beginning, so never less than that second."""
    stable_after_seconds: float | None
    """Until the group was stable with all members, counted from the end of the fault."""
    longest_wait_seconds: float
    """The longest time of any record from the broker's acknowledgement to its effect."""
    said: dict[str, int]

    @property
    def came_back(self) -> bool:
        """Whether it recovered by itself: everything applied and the group stable."""
        return self.applied_after_seconds is not None and self.stable_after_seconds is not None


class Cycle(msgspec.Struct, frozen=True):
    """One fault and the recovery of each group."""

    number: int
    kind: str
    seconds: float
    producer_after_seconds: float | None
    recoveries: list[Recovery]


async def run_cycle(setup: Setup, number: int, fault: Fault) -> Cycle:
    """Inject the fault and wait until all groups recovered; restart a group that did not."""
    first = len(setup.supply.acknowledged_at)
    recoverable, over = asyncio.Event(), asyncio.Event()
    # That a dead member reads nothing shows only in records created after its death.
    ahead = setup.supply.rate if fault.kind.startswith("member") else 1
    waiting = [
        asyncio.create_task(_recovery_times(setup, group, recoverable, over, ahead)) for group in setup.groups
    ]
    producer = asyncio.create_task(_producer_time(setup, recoverable, ahead))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await INJECT[fault.kind](setup, fault, recoverable)
    except TimeoutError:
        recoverable.set()
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
                stable_after_seconds=stable,
                longest_wait_seconds=await group.effects.longest_wait(first, setup.supply.acknowledged_at),
                said=dict(group.said()),
            )
            for group, (applied, stable) in zip(setup.groups, times, strict=True)
        ],
    )
    for group, recovery in zip(setup.groups, cycle.recoveries, strict=True):
        if not recovery.came_back:
            # Otherwise every later cycle would wait for what this one left behind.
            await group.restart_all()
            await _seconds(until_stable(setup.bootstrap, group))
    return cycle


async def _recovery_times(
    setup: Setup, group: Group, recoverable: asyncio.Event, over: asyncio.Event, ahead: int
) -> tuple[float | None, float | None]:
    await recoverable.wait()
    applied = asyncio.create_task(_seconds(group.effects.until_applied(setup.supply.created + ahead)))
    await over.wait()
    stable = await _seconds(until_stable(setup.bootstrap, group))
    return await applied, stable


async def _producer_time(setup: Setup, recoverable: asyncio.Event, ahead: int) -> float | None:
    await recoverable.wait()
    return await _seconds(setup.supply.until_acknowledged(setup.supply.created + ahead))


async def _seconds(reached: Awaitable[None]) -> float | None:
    now = asyncio.get_running_loop().time
    began = now()
    try:
        await asyncio.wait_for(reached, PATIENCE_SECONDS)
    except TimeoutError:
        return None
    return round(now() - began, 3)
