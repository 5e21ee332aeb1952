"""How does the projection beside become the live one? In one short transaction, while no batch commits.

What the live service applied until then is taken over first. That needs the ledgers once more, and it is
the one place where a transaction waits for another system: a few events, a few seconds at most, and whoever
is killed meanwhile has changed nothing. Readers wait for the exchange itself, which changes names only.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg

from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.spine.inbox import checkpoint
from shared.spine.rebuild import live_inbox as tails
from shared.spine.rebuild.filler import Filling
from shared.spine.rebuild.projection import ProjectedTable, RebuildError

FEW: Final = 100
"""As many events may be left to be taken over while the batches wait."""
HOLD_SECONDS: Final = 10.0
MOST_TRIES: Final = 20

# A reader that takes long is not waited for: behind the lock that is asked for, all others would wait too.
_IMPATIENT: Final = "SET LOCAL lock_timeout = '2s'"
_IS_SAME_REVISION: Final = """
SELECT live.version_num = made.version_num
FROM public.alembic_version AS live, rebuild_scratch.alembic_version AS made
"""
_KEEP: Final = """
INSERT INTO beside.kept (revision, since, kept_at)
SELECT version_num, pg_snapshot_xmin(pg_current_snapshot())::text, clock_timestamp()
FROM public.alembic_version
"""


async def exchange(filling: Filling, *, since: str | None) -> float:
    """Put it in place of the live one, which is beside then; for how many seconds nothing was applied."""
    for _ in range(MOST_TRIES):
        since = await filling.catch_up(since=since, few=FEW)
        try:
            seconds = await _exchange_now(filling, since)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, TimeoutError):
            continue
        if seconds is not None:
            return seconds
    raise RebuildError(
        f"tried {MOST_TRIES} times to exchange the tables, and each time someone used them for seconds or "
        "more came in than could be taken over: try again at a quieter hour, or pause the service first"
    )


async def _exchange_now(filling: Filling, since: str) -> float | None:
    """None when too much is left to be taken over now."""
    loop = asyncio.get_running_loop()
    async with transaction(filling.live) as connection:
        await checkpoint.hold_all(connection)
        began = loop.time()
        # The commit is no part of it: given up on, nobody would know whether the tables changed places.
        async with asyncio.timeout(HOLD_SECONDS):
            left = await tails.tail(connection, since=since, most=FEW + 1)
            if len(left) > FEW:
                return None
            await filling.take(left)
        await _change_places(connection, filling.projection.swapped)
    return loop.time() - began


async def _change_places(connection: Connection, swapped: Sequence[ProjectedTable]) -> None:
    tables = sorted(each.table for each in swapped)
    await connection.execute(_IMPATIENT)
    await connection.execute(
        f"LOCK TABLE {', '.join(f'public.{table}' for table in tables)} IN ACCESS EXCLUSIVE MODE"
    )
    if not await connection.fetchval(_IS_SAME_REVISION):
        raise RebuildError("the database was migrated meanwhile: begin again")
    for table in tables:
        await connection.execute(f"ALTER TABLE public.{table} SET SCHEMA rebuild_scratch")
        await connection.execute(f"ALTER TABLE beside.{table} SET SCHEMA public")
        await connection.execute(f"ALTER TABLE rebuild_scratch.{table} SET SCHEMA beside")
    await connection.execute("DROP TABLE IF EXISTS beside.kept")
    await connection.execute("CREATE TABLE beside.kept (revision text, since text, kept_at timestamptz)")
    await connection.execute(_KEEP)
