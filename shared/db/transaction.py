"""Where does a transaction begin and end? Only here; an architecture test keeps it so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.db.pool import Connection, Pool

ACQUIRE_TIMEOUT_SECONDS = 10


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One unit of work: committed when the block ends, rolled back when it raises.

    Never hold it across a call to another system.
    """
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
        yield connection
