"""What happens to Kafka? Killed, stopped, wiped, its log cut short, its disk filled, its network broken."""

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
    """As a power cut, but for the page cache."""
    async with platform.broker.process.down():
        await asyncio.sleep(fault.lasts_seconds)


async def restart(platform: Platform, fault: Fault) -> None:
    """An ordinary restart."""
    async with platform.broker.process.down(cleanly=True):
        await asyncio.sleep(fault.lasts_seconds)


async def stop(platform: Platform, fault: Fault) -> None:
    """Frozen, longer than the sessions of its groups."""
    platform.broker.process.signal(signal.SIGSTOP)
    await asyncio.sleep(fault.lasts_seconds)
    platform.broker.process.signal(signal.SIGCONT)


async def wipe(platform: Platform, fault: Fault) -> None:
    """Everything gone; an empty broker with another cluster id comes in its place."""
    async with platform.broker.process.down():
        await asyncio.to_thread(platform.broker.wipe)
        await asyncio.sleep(fault.lasts_seconds)


async def truncate(platform: Platform, fault: Fault) -> str:
    """The tail of every active segment of our topics is lost while it is down."""
    async with platform.broker.process.down():
        lost = await asyncio.to_thread(cut_tails, platform.broker.server.data, random.Random(fault.seed))
        await asyncio.sleep(fault.lasts_seconds)
    return f"{lost} bytes" if lost else "not reached: empty"


async def disk_full(platform: Platform, fault: Fault) -> str | None:
    """Not a byte is left on its disk; it usually ends itself."""
    if not platform.broker_has_own_disk:
        return "skipped: no file system may be mounted here"
    ballast = platform.broker.disk / "ballast"
    platform.broker.process.hold()
    try:
        await asyncio.to_thread(_fill, ballast)
        await asyncio.sleep(fault.lasts_seconds)
    finally:
        ballast.unlink()
        # Whatever is left of it has given up its log folder for good.
        await platform.broker.process.kill()
        platform.broker.process.release()
    return None


async def cut(platform: Platform, fault: Fault) -> None:
    """Every connection is reset."""
    platform.broker_proxy.cut()
    await asyncio.sleep(fault.lasts_seconds)


async def black_hole(platform: Platform, fault: Fault) -> None:
    """Nothing passes, and nobody is told."""
    platform.broker_proxy.swallow()
    await asyncio.sleep(fault.lasts_seconds)
    platform.broker_proxy.heal()


async def delay(platform: Platform, fault: Fault) -> None:
    """Everything comes late."""
    platform.broker_proxy.delay_seconds = DELAY_SECONDS
    await asyncio.sleep(fault.lasts_seconds)
    platform.broker_proxy.heal()


def cut_tails(data: Path, dice: random.Random) -> int:
    """Shorten the newest segment of every partition of ours; how many bytes are gone."""
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
