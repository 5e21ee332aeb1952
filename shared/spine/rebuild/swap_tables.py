"""Swaps the rebuilt tables with the live ones in one short transaction, while no batch commits.

What the live service applied until then is applied to the rebuilt projection first. That reads the ledgers
once more, and is the one place where a transaction waits for another system: for a few events, a few seconds
at most, and a process that is killed meanwhile has changed nothing. The swap itself only changes names.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg

from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.spine.inbox import checkpoint
from shared.spine.rebuild import live_inbox
from shared.spine.rebuild.filler import ProjectionFiller
from shared.spine.rebuild.projection import ProjectedTable, RebuildError

FEW: Final = 100
"""Events that may be left to apply while the batches wait."""
MAX_LOCK_SECONDS: Final = 10.0
"""For so long a swap may hold all positions before it gives up and tries again."""
MAX_ATTEMPTS: Final = 20

# A slow reader is not waited for: all others would queue behind the lock that is asked for.
_LOCK_TIMEOUT: Final = "SET LOCAL lock_timeout = '2s'"
_IS_SAME_REVISION: Final = """
SELECT live.version_num = made.version_num
FROM public.alembic_version AS live, rebuild_scratch.alembic_version AS made
"""
_RECORD_PREVIOUS: Final = """
INSERT INTO beside.kept (revision, since, kept_at)
SELECT version_num, pg_snapshot_xmin(pg_current_snapshot())::text, clock_timestamp()
FROM public.alembic_version
"""


async def swap_tables(filler: ProjectionFiller, *, since: str | None) -> float:
    """Swap the tables; return for how many seconds the live service applied nothing.

    The tables that were live are in the schema `beside` afterwards. Raises RebuildError after twenty tries.
    """
    for _ in range(MAX_ATTEMPTS):
        since = await filler.catch_up(since=since, few=FEW)
        try:
            seconds = await _swap_now(filler, since)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError, TimeoutError):
            continue
        if seconds is not None:
            return seconds
    raise RebuildError(
        f"tried {MAX_ATTEMPTS} times to exchange the tables, and each time someone used them for seconds or "
        "more came in than could be taken over: try again at a quieter hour, or pause the service first"
    )


async def _swap_now(filler: ProjectionFiller, since: str) -> float | None:
    """Swap in one transaction; None when too much is left to apply now."""
    loop = asyncio.get_running_loop()
    async with transaction(filler.live) as connection:
        await checkpoint.lock_all(connection)
        began = loop.time()
        # The commit is outside the time limit: after a timeout during a commit nobody would know its outcome.
        async with asyncio.timeout(MAX_LOCK_SECONDS):
            left = await live_inbox.applied_since(connection, since=since, limit=FEW + 1)
            if len(left) > FEW:
                return None
            await filler.apply_named(left)
        await _change_names(connection, filler.projection.swapped)
    return loop.time() - began


async def _change_names(connection: Connection, swapped: Sequence[ProjectedTable]) -> None:
    tables = sorted(each.table for each in swapped)
    await connection.execute(_LOCK_TIMEOUT)
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
    await connection.execute(_RECORD_PREVIOUS)
