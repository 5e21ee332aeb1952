"""How does the relay learn at once that there is something to send? A hint, after the commit."""

import asyncio
from typing import Final
from weakref import WeakKeyDictionary

import asyncpg

from shared.db.pool import Pool

CHANNEL: Final = "relais_outbox"


class _Hint:
    """At most one NOTIFY in flight per pool; a wish that comes meanwhile is fulfilled right after."""

    def __init__(self) -> None:
        self.wanted = False
        self.task: asyncio.Task[None] | None = None

    async def send(self, pool: Pool) -> None:
        while self.wanted:
            self.wanted = False
            try:
                await pool.execute(f"NOTIFY {CHANNEL}")
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                return  # only a hint: the relay polls


_hints: WeakKeyDictionary[Pool, _Hint] = WeakKeyDictionary()


def wake(pool: Pool) -> None:
    """Tell the relay that a commit left something to send; returns at once.

    Call it after the commit, never inside the transaction: NOTIFY takes a lock that all commits of the
    database share (measured: minus 60 % of the commit rate). The relay polls, so a lost hint costs 0.1 s.
    """
    hint = _hints.setdefault(pool, _Hint())
    hint.wanted = True
    if hint.task is None or hint.task.done():
        hint.task = asyncio.get_running_loop().create_task(hint.send(pool))
