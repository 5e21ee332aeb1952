"""Begins and ends every transaction; nothing else may (an architecture test)."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final

from shared.database.pool import Connection, Pool

ACQUIRE_TIMEOUT_SECONDS = 10

AfterCommit = Callable[[Pool], None]
"""Called with the pool of the transaction that was committed; must return immediately."""

_callbacks: Final[ContextVar[dict[AfterCommit, None] | None]] = ContextVar("callbacks", default=None)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One unit of work: committed when the block ends, rolled back when it raises.

    Never hold it across a call to another system.
    """
    callbacks: dict[AfterCommit, None] = {}
    before = _callbacks.set(callbacks)
    try:
        async with pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
            yield connection
    finally:
        _callbacks.reset(before)
    for callback in callbacks:
        callback(pool)


def after_commit(callback: AfterCommit) -> None:
    """Have it called, once, when the current transaction is committed; outside of any transaction, never."""
    callbacks = _callbacks.get()
    if callbacks is not None:
        callbacks[callback] = None
