"""What breaks in a cycle? The broker, or the same member of every group, all at once."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.continuity.bus.arena import Arena
from tests.continuity.bus.membership import until_whole

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
"""A schedule is made of such blocks, each in an order of its own: any part of a run holds every kind."""


@dataclass(frozen=True)
class Fault:
    """What breaks, for how long, and which of the members."""

    kind: str
    seconds: float
    member: int


def schedule_of(seed: int, *, cycles: int, members: int) -> list[Fault]:
    """Drawn from the seed alone."""
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


async def broker_killed(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """kill -9, and started again."""
    await _broker_down(arena, fault, cleanly=False)
    struck.set()


async def broker_restarted(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """In good order."""
    await _broker_down(arena, fault, cleanly=True)
    struck.set()


async def broker_stopped(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """SIGSTOP, in part longer than the sessions of its groups."""
    arena.broker.signal(signal.SIGSTOP)
    await asyncio.sleep(fault.seconds)
    arena.broker.signal(signal.SIGCONT)
    struck.set()


async def broker_wiped(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """Everything gone, after all was read: what was not is for the reconciliation to bring back."""
    arena.supply.flows.clear()
    await arena.supply.until_acknowledged(arena.supply.created)
    await asyncio.gather(*(each.effects.until_applied(arena.supply.created) for each in arena.groups))
    async with arena.broker.down():
        await asyncio.to_thread(arena.wipe)
    arena.supply.flows.set()
    await arena.broker.ready()
    struck.set()


async def member_killed(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """kill -9, and started again at once."""
    struck.set()
    for group in arena.groups:
        async with group.members[fault.member].down():
            pass


async def member_stopped(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """SIGSTOP for longer than its session: it wakes up as a zombie."""
    struck.set()
    for group in arena.groups:
        group.members[fault.member].signal(signal.SIGSTOP)
    await asyncio.sleep(fault.seconds)
    for group in arena.groups:
        group.members[fault.member].signal(signal.SIGCONT)


async def member_added(arena: Arena, fault: Fault, struck: asyncio.Event) -> None:
    """One more joins, and leaves when all have their share."""
    struck.set()
    for group in arena.groups:
        group.grow()
    try:
        await asyncio.gather(*(until_whole(arena.bootstrap, group) for group in arena.groups))
    finally:
        await asyncio.gather(*(group.shrink() for group in arena.groups))


async def _broker_down(arena: Arena, fault: Fault, *, cleanly: bool) -> None:
    async with arena.broker.down(cleanly=cleanly):
        await asyncio.sleep(fault.seconds)
    await arena.broker.ready()


INJECT: Final[Mapping[str, Callable[[Arena, Fault, asyncio.Event], Awaitable[None]]]] = {
    "broker killed": broker_killed,
    "broker restarted": broker_restarted,
    "broker stopped": broker_stopped,
    "broker wiped": broker_wiped,
    "member killed": member_killed,
    "member stopped": member_stopped,
    "member added": member_added,
}
"""Each sets the event when recovery can begin: for a broker when it is back, for a member at once."""
