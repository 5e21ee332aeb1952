"""Faults of PostgreSQL: killed, frozen, out of connections, locked, cut off right after a COMMIT."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from tests.continuity.faults.schedule import Fault
from tests.continuity.platform.layout import SERVICES
from tests.continuity.platform.running import Platform

DELAY_SECONDS: Final = 0.1
MAX_ANSWERS_LOST: Final = 12
CONNECT_SECONDS: Final = 60
LOOK_SECONDS: Final = 0.5

_BACKENDS: Final = """
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND usename <> current_user ORDER BY pid
"""
_END_SESSIONS: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"


async def kill(platform: Platform, fault: Fault) -> None:
    """Kill all its processes together."""
    async with platform.processes["postgresql"].down():
        await asyncio.sleep(fault.lasts_seconds)


async def stop(platform: Platform, fault: Fault) -> None:
    """Freeze it with all its backends."""
    platform.processes["postgresql"].signal(signal.SIGSTOP)
    await asyncio.sleep(fault.lasts_seconds)
    platform.processes["postgresql"].signal(signal.SIGCONT)


async def backend_killed(platform: Platform, fault: Fault) -> str | None:
    """Kill one backend; the server then ends the others and recovers."""
    async with superuser(platform) as connection:
        backends = [row["pid"] for row in await connection.fetch(_BACKENDS)]
    try:
        os.kill(random.Random(fault.seed).choice(backends), signal.SIGKILL)
    except (IndexError, ProcessLookupError):
        return "not reached: no backend"
    return None


async def no_connections(platform: Platform, fault: Fault) -> str:
    """End a service's sessions and allow no new ones; returns which service's."""
    service = random.Random(fault.seed).choice(SERVICES)
    async with superuser(platform) as connection:
        await connection.execute(f'ALTER DATABASE "{service}" CONNECTION LIMIT 0')
        await connection.fetch(_END_SESSIONS, service)
        await asyncio.sleep(fault.lasts_seconds)
        await connection.execute(f'ALTER DATABASE "{service}" CONNECTION LIMIT -1')
    return service


async def locks(platform: Platform, fault: Fault) -> str:
    """Hold an exclusive lock on a ledger or an inbox; returns which service's."""
    service = random.Random(fault.seed).choice(SERVICES)
    table = "ledger" if service == "admission" else "inbox"
    async with superuser(platform, service) as connection:
        await connection.execute("BEGIN")
        await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(fault.lasts_seconds)
        await connection.execute("ROLLBACK")
    return service


async def cut_after_commit(platform: Platform, fault: Fault) -> str:
    """Let COMMITs through and drop their answers."""
    proxy = platform.database_proxy
    before = proxy.answers_lost
    proxy.answers_to_lose = random.Random(fault.seed).randint(3, MAX_ANSWERS_LOST)
    await asyncio.sleep(fault.lasts_seconds)
    proxy.heal()
    lost = proxy.answers_lost - before
    return f"{lost} answers" if lost else "not reached: no COMMIT"


async def cut(platform: Platform, fault: Fault) -> None:
    """Reset every connection."""
    platform.database_proxy.cut()
    await asyncio.sleep(fault.lasts_seconds)


async def black_hole(platform: Platform, fault: Fault) -> None:
    """Forward nothing, without closing any connection."""
    platform.database_proxy.stop_forwarding()
    await asyncio.sleep(fault.lasts_seconds)
    platform.database_proxy.heal()


async def delay(platform: Platform, fault: Fault) -> None:
    """Delay everything."""
    platform.database_proxy.delay_seconds = DELAY_SECONDS
    await asyncio.sleep(fault.lasts_seconds)
    platform.database_proxy.heal()


@asynccontextmanager
async def superuser(platform: Platform, database: str = "postgres") -> AsyncIterator[Any]:
    """A superuser's session that bypasses the proxy; waits for a server that is recovering."""
    connection = await _connected(platform.superuser_url(database))
    try:
        yield connection
    finally:
        await connection.close(timeout=CONNECT_SECONDS)


async def _connected(url: str) -> Any:
    deadline = asyncio.get_running_loop().time() + CONNECT_SECONDS
    while True:
        try:
            return await asyncpg.connect(url, timeout=CONNECT_SECONDS)
        except (OSError, asyncpg.PostgresError):
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(LOOK_SECONDS)
