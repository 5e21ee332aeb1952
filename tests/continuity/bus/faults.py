"""The faults of a cycle: of the broker, or of one member of every group at the same time."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.continuity.bus.membership import until_stable
from tests.continuity.bus.setup import Setup

SESSION_SECONDS: Final = 10
BLOCK: Final[Mapping[str, int]] = {
    "broker killed": 5,
    "broker restarted": 4,
    "broker stopped": 5,
    "broker wiped": 1,
    "member killed": 4,
    "member stopped": 3,
    "member added": 3,
}
"""A schedule is a series of such blocks, each shuffled, so that any part of a run has every kind."""


@dataclass(frozen=True)
class Fault:
    """A kind of fault, its duration, and the index of the member."""

    kind: str
    seconds: float
    member: int


def schedule_of(seed: int, *, cycles: int, members: int) -> list[Fault]:
    """Draw the schedule; the same seed gives the same one."""
    dice = random.Random(seed)
    kinds: list[str] = []
    while len(kinds) < cycles:
        block = [kind for kind, times in BLOCK.items() for _ in range(times)]
        dice.shuffle(block)
        kinds += block
    return [_drawn(kind, dice, members) for kind in kinds[:cycles]]


def _drawn(kind: str, dice: random.Random, members: int) -> Fault:
    shortest, longest = {
        "broker stopped": (1.0, 20.0),
        "member stopped": (SESSION_SECONDS + 2.0, SESSION_SECONDS + 8.0),
    }.get(kind, (0.2, 4.0))
    return Fault(kind, round(dice.uniform(shortest, longest), 2), dice.randrange(members))


async def broker_killed(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Kill the broker with SIGKILL and start it."""
    await _broker_down(setup, fault, cleanly=False)
    recoverable.set()


async def broker_restarted(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Restart the broker cleanly."""
    await _broker_down(setup, fault, cleanly=True)
    recoverable.set()


async def broker_stopped(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Freeze the broker, sometimes for longer than its groups' session timeout."""
    setup.broker.signal(signal.SIGSTOP)
    await asyncio.sleep(fault.seconds)
    setup.broker.signal(signal.SIGCONT)
    recoverable.set()


async def broker_wiped(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Wipe the broker after everything was read: unread records are the reconciliation's concern."""
    setup.supply.creating.clear()
    await setup.supply.until_acknowledged(setup.supply.created)
    await asyncio.gather(*(each.effects.until_applied(setup.supply.created) for each in setup.groups))
    async with setup.broker.down():
        await asyncio.to_thread(setup.wipe)
    setup.supply.creating.set()
    await setup.broker.ready()
    recoverable.set()


async def member_killed(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Kill a member with SIGKILL and start it again immediately."""
    recoverable.set()
    for group in setup.groups:
        async with group.members[fault.member].down():
            pass


async def member_stopped(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Freeze a member for longer than its session timeout: it continues as a zombie."""
    recoverable.set()
    for group in setup.groups:
        group.members[fault.member].signal(signal.SIGSTOP)
    await asyncio.sleep(fault.seconds)
    for group in setup.groups:
        group.members[fault.member].signal(signal.SIGCONT)


async def member_added(setup: Setup, fault: Fault, recoverable: asyncio.Event) -> None:
    """Add a member, and remove it once the group is stable."""
    recoverable.set()
    for group in setup.groups:
        group.add_member()
    try:
        await asyncio.gather(*(until_stable(setup.bootstrap, group) for group in setup.groups))
    finally:
        await asyncio.gather(*(group.remove_member() for group in setup.groups))


async def _broker_down(setup: Setup, fault: Fault, *, cleanly: bool) -> None:
    async with setup.broker.down(cleanly=cleanly):
        await asyncio.sleep(fault.seconds)
    await setup.broker.ready()


INJECT: Final[Mapping[str, Callable[[Setup, Fault, asyncio.Event], Awaitable[None]]]] = {
    "broker killed": broker_killed,
    "broker restarted": broker_restarted,
    "broker stopped": broker_stopped,
    "broker wiped": broker_wiped,
    "member killed": member_killed,
    "member stopped": member_stopped,
    "member added": member_added,
}
"""Each sets the event when recovery can begin: when the broker is back; immediately for a member's fault."""
