"""Waits until a child has ended, without polling where the kernel tells."""

import asyncio
import os
import subprocess
import sys
import time

from shared.runtime.waiting import wait_for

LOOK_SECONDS = 0.2


async def ends(process: subprocess.Popen[bytes], *, within_seconds: float) -> bool:
    """Whether the child has ended; returns when it does, or after so long."""
    if process.poll() is not None:
        return True
    if sys.platform == "linux":
        try:
            descriptor = os.pidfd_open(process.pid)
        except OSError:
            return await _looking(process, within_seconds)
        try:
            await _readable(descriptor, within_seconds)
        finally:
            os.close(descriptor)
        return process.poll() is not None
    return await _looking(process, within_seconds)


async def _readable(descriptor: int, within_seconds: float) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await wait_for(ended, timeout_seconds=within_seconds)
    finally:
        loop.remove_reader(descriptor)


async def _looking(process: subprocess.Popen[bytes], within_seconds: float) -> bool:
    deadline = time.monotonic() + within_seconds
    while process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - no event on this system
        await asyncio.sleep(LOOK_SECONDS)
    return process.poll() is not None
