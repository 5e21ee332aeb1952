"""What happens to the services? Killed anywhere and at failpoints, frozen, restarted, given two leaders."""

import asyncio
import random
import signal
from typing import Final

from tests.continuity import failpoints
from tests.continuity.faults.database import superuser
from tests.continuity.faults.schedule import Fault
from tests.continuity.platform.places import APIS, WORKERS, service_of
from tests.continuity.platform.running import Platform

LOOK_SECONDS: Final = 0.1
MOST_PASSAGES: Final = 4
PATIENCE: Final = 5.0
"""A point stays armed for so many times the reckoned time: another fault may hold up whoever passes it."""
# Whose session on the outbox is the leader's: the one that holds the relay's advisory lock.
_LEADER: Final = """
SELECT client_port FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND datname = current_database() AND objid = 7265735
"""


async def kill(platform: Platform, fault: Fault) -> None:
    """At whatever it is doing."""
    async with platform.processes[fault.target].down():
        await asyncio.sleep(fault.lasts_seconds)


async def zombie(platform: Platform, fault: Fault) -> str | None:
    """Frozen until everyone believes it dead; then it goes on where it was."""
    if platform.processes[fault.target].pid is None:
        return "not reached: it is not there"
    platform.processes[fault.target].signal(signal.SIGSTOP)
    await asyncio.sleep(fault.lasts_seconds)
    platform.processes[fault.target].signal(signal.SIGCONT)
    return None


async def rolling_restart(platform: Platform, fault: Fault) -> None:
    """One process of the service after the other, as a deployment does it."""
    for part in (*APIS, *WORKERS):
        if service_of(part) == fault.target:
            async with platform.processes[part].down(cleanly=True):
                pass
            await platform.processes[part].ready()


async def two_leaders(platform: Platform, fault: Fault) -> str:
    """The database sees the leader's session end, the leader does not: another one takes over beside it."""
    async with superuser(platform, service_of(fault.target)) as connection:
        port = await connection.fetchval(_LEADER)
    link = None if port is None else platform.database_proxy.link_at(port)
    if link is None:
        return "not reached: nobody leads"
    link.desert()
    await asyncio.sleep(fault.lasts_seconds)
    link.cut()
    return "deserted"


async def at_failpoint(platform: Platform, fault: Fault) -> str:
    """The process that passes the point at the drawn time kills itself."""
    role = fault.target if fault.target.endswith("-worker") else f"{service_of(fault.target)}-api"
    point = fault.kind.removeprefix("failpoint.")
    passage = random.Random(fault.seed).randint(1, MOST_PASSAGES)
    armed = failpoints.arm(platform.places.failpoints / role, point, passage=passage)
    try:
        async with asyncio.timeout(PATIENCE * fault.lasts_seconds):
            while armed.exists():
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        armed.unlink(missing_ok=True)
        return "not reached"
    return "reached"
