"""Where does a transaction begin and end? Only here; an architecture test keeps it so."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final

from shared.database.pool import Connection, Pool

ACQUIRE_TIMEOUT_SECONDS = 10

Wish = Callable[[Pool], None]
_wishes: Final[ContextVar[dict[Wish, None] | None]] = ContextVar("wishes", default=None)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One unit of work: committed when the block ends, rolled back when it raises.

    Never hold it across a call to another system.
    """
    wishes: dict[Wish, None] = {}
    before = _wishes.set(wishes)
    try:
        async with pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection, connection.transaction():
            yield connection
    finally:
        _wishes.reset(before)
    for wish in wishes:
        wish(pool)


def after_commit(wish: Wish) -> None:
    """Have this done, once, when the transaction in which we are is committed; outside of any, never."""
    wishes = _wishes.get()
    if wishes is not None:
        wishes[wish] = None
