"""Faults of Kafka: killed, frozen, wiped, its log truncated, its disk filled, its network broken."""

import asyncio
import os
import random
import signal
from pathlib import Path
from typing import Final

from tests.continuity.faults.schedule import Fault
from tests.continuity.platform.running import Platform

DELAY_SECONDS: Final = 0.3
_MEGABYTE: Final = 1 << 20


async def kill(platform: Platform, fault: Fault) -> None:
    """SIGKILL: as a power cut, except that the page cache survives."""
    async with platform.broker.process.down():
        await asyncio.sleep(fault.lasts_seconds)


async def restart(platform: Platform, fault: Fault) -> None:
    """A clean restart."""
    async with platform.broker.process.down(cleanly=True):
        await asyncio.sleep(fault.lasts_seconds)


async def stop(platform: Platform, fault: Fault) -> None:
    """Freeze it for longer than its groups' session timeout."""
    platform.broker.process.signal(signal.SIGSTOP)
    await asyncio.sleep(fault.lasts_seconds)
    platform.broker.process.signal(signal.SIGCONT)


async def wipe(platform: Platform, fault: Fault) -> None:
    """Replace it by an empty broker with another cluster id."""
    async with platform.broker.process.down():
        await asyncio.to_thread(platform.broker.wipe)
        await asyncio.sleep(fault.lasts_seconds)


async def truncate(platform: Platform, fault: Fault) -> str:
    """Cut the tail of every active segment of our topics while it is down."""
    async with platform.broker.process.down():
        lost = await asyncio.to_thread(cut_tails, platform.broker.server.data, random.Random(fault.seed))
        await asyncio.sleep(fault.lasts_seconds)
    return f"{lost} bytes" if lost else "not reached: empty"


async def disk_full(platform: Platform, fault: Fault) -> str | None:
    """Fill its disk; it usually ends itself."""
    if not platform.broker_has_own_disk:
        return "skipped: no file system may be mounted here"
    ballast = platform.broker.disk / "ballast"
    platform.broker.process.hold()
    try:
        await asyncio.to_thread(_fill, ballast)
        await asyncio.sleep(fault.lasts_seconds)
    finally:
        ballast.unlink()
        # A broker that still runs has taken its log folder offline for good.
        await platform.broker.process.kill()
        platform.broker.process.release()
    return None


async def cut(platform: Platform, fault: Fault) -> None:
    """Reset every connection."""
    platform.broker_proxy.cut()
    await asyncio.sleep(fault.lasts_seconds)


async def black_hole(platform: Platform, fault: Fault) -> None:
    """Forward nothing, without closing any connection."""
    platform.broker_proxy.stop_forwarding()
    await asyncio.sleep(fault.lasts_seconds)
    platform.broker_proxy.heal()


async def delay(platform: Platform, fault: Fault) -> None:
    """Delay everything."""
    platform.broker_proxy.delay_seconds = DELAY_SECONDS
    await asyncio.sleep(fault.lasts_seconds)
    platform.broker_proxy.heal()


def cut_tails(data: Path, dice: random.Random) -> int:
    """Shorten the newest segment of every partition of ours; returns the bytes lost."""
    lost = 0
    for partition in sorted(data.glob("relais.*")):
        segments = sorted(partition.glob("*.log"))
        if not segments:
            continue
        size = segments[-1].stat().st_size
        kept = int(size * dice.uniform(0.6, 0.98))
        os.truncate(segments[-1], kept)
        lost += size - kept
    return lost


def _fill(ballast: Path) -> None:
    block = bytes(_MEGABYTE)
    with ballast.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(block)
            except OSError:  # that is the point
                return
