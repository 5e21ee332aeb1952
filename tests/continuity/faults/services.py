"""Faults of the services: killed anywhere or at a failpoint, frozen, restarted, given two leaders."""

import asyncio
import random
import signal
from typing import Final

from tests.continuity import failpoints
from tests.continuity.faults.database import superuser
from tests.continuity.faults.schedule import Fault
from tests.continuity.platform.layout import PROCESSES, role_of, service_of
from tests.continuity.platform.running import Platform

LOOK_SECONDS: Final = 0.1
MAX_PASSAGES: Final = 4
PATIENCE: Final = 5.0
"""A point stays armed for this multiple of the fault's time: another fault may delay the process there."""
# The leader's session is the one that holds the relay's advisory lock.
_LEADER: Final = """
SELECT client_port FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND datname = current_database() AND objid = 7265735
"""


async def kill(platform: Platform, fault: Fault) -> None:
    """Kill it, whatever it is doing."""
    async with platform.processes[fault.target].down():
        await asyncio.sleep(fault.lasts_seconds)


async def zombie(platform: Platform, fault: Fault) -> str | None:
    """Freeze it until its lease and session have expired, then let it continue."""
    if platform.processes[fault.target].pid is None:
        return "not reached: it does not run"
    platform.processes[fault.target].signal(signal.SIGSTOP)
    await asyncio.sleep(fault.lasts_seconds)
    platform.processes[fault.target].signal(signal.SIGCONT)
    return None


async def rolling_restart(platform: Platform, fault: Fault) -> None:
    """Restart the service's processes one after the other, as a deployment does."""
    for part in PROCESSES:
        if service_of(part) == fault.target:
            async with platform.processes[part].down(cleanly=True):
                pass
            await platform.processes[part].ready()


async def two_leaders(platform: Platform, fault: Fault) -> str:
    """End the leader's session for the database only, so that a second leader takes over beside it."""
    async with superuser(platform, service_of(fault.target)) as connection:
        port = await connection.fetchval(_LEADER)
    link = None if port is None else platform.database_proxy.link_at(port)
    if link is None:
        return "not reached: nobody leads"
    link.drop_server_side()
    await asyncio.sleep(fault.lasts_seconds)
    link.cut()
    return "left without a session"


async def at_failpoint(platform: Platform, fault: Fault) -> str:
    """Arm a failpoint: the process that passes it for the drawn time kills itself."""
    point = fault.kind.removeprefix("failpoint.")
    passage = random.Random(fault.seed).randint(1, MAX_PASSAGES)
    armed = failpoints.arm(platform.layout.failpoints / role_of(fault.target), point, passage=passage)
    try:
        async with asyncio.timeout(PATIENCE * fault.lasts_seconds):
            while armed.exists():
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        armed.unlink(missing_ok=True)
        return "not reached"
    return "reached"
