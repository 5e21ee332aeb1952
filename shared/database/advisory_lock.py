"""Lets one process of a service at a time do something, by an advisory lock of its session."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from shared.database.pool import Pool

ACQUIRE_TIMEOUT_SECONDS: Final = 10
# The first of the two numbers of these locks; the relay's lock has only one number.
_KIND: Final = 7_265


@asynccontextmanager
async def advisory_lock(pool: Pool, name: str) -> AsyncIterator[bool]:
    """Whether this process got the lock `name`; if so, it holds it until the block ends, or the process."""
    lock = (_KIND, zlib.crc32(name.encode()) & 0x7FFFFFFF)
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as session:
        acquired = await session.fetchval("SELECT pg_try_advisory_lock($1, $2)", *lock)
        is_sound = False
        try:
            yield acquired
            is_sound = True
        finally:
            await _release(session, lock if acquired else None, is_sound=is_sound)


async def _release(session: Any, lock: tuple[int, int] | None, *, is_sound: bool) -> None:
    if not is_sound:
        session.terminate()  # the session may be what failed; the lock ends with it
    elif lock is not None:
        await session.execute("SELECT pg_advisory_unlock($1, $2)", *lock)
