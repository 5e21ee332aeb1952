"""How does only one process of a service do a thing at a time? By an advisory lock of one session."""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from shared.database.pool import Pool

ACQUIRE_TIMEOUT_SECONDS: Final = 10
# The first of a lock's two numbers says that it is of this kind; the relay's lock has one number.
_KIND: Final = 7_265


@asynccontextmanager
async def only_one(pool: Pool, name: str) -> AsyncIterator[bool]:
    """Whether nobody else does it now; if so, nobody else will before the block ends, or this process."""
    lock = (_KIND, zlib.crc32(name.encode()) & 0x7FFFFFFF)
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as session:
        alone = await session.fetchval("SELECT pg_try_advisory_lock($1, $2)", *lock)
        is_sound = False
        try:
            yield alone
            is_sound = True
        finally:
            await _release(session, lock if alone else None, is_sound=is_sound)


async def _release(session: Any, lock: tuple[int, int] | None, *, is_sound: bool) -> None:
    if not is_sound:
        session.terminate()  # the session may be what failed; the lock ends with it
    elif lock is not None:
        await session.execute("SELECT pg_advisory_unlock($1, $2)", *lock)
