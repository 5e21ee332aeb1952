"""Creates and drops the schemas that hold the projection which is not live.

The schema `beside` holds the projection's tables that are not live: those being rebuilt or, after a swap,
the previous ones. The schema `rebuild_scratch` holds every other table of the service; what filling the
projection writes there, its own publications included, is thrown away. Both are made by the service's own
migrations, so a session whose search path names them runs the service's own SQL.

Nothing here touches the live tables. What an interrupted run left behind is dropped by the next one; only
the previous projection of a swap is kept, until it is dropped on purpose.
"""

import asyncio
from typing import Final

import msgspec

from shared.database.migrations import migrate
from shared.database.pool import Executor, Pool
from shared.database.transaction import transaction
from shared.spine.rebuild.projection import Projection, RebuildError

SEARCH_PATH: Final = "beside, rebuild_scratch"

_IS_KEPT: Final = "SELECT to_regclass('beside.kept') IS NOT NULL"
_READ_KEPT: Final = "SELECT revision, since FROM beside.kept"
_REVISIONS: Final = """
SELECT live.version_num AS live, made.version_num AS made
FROM public.alembic_version AS live, rebuild_scratch.alembic_version AS made
"""


class PreviousProjection(msgspec.Struct, frozen=True):
    """The projection that was live before the last swap."""

    revision: str
    since: str
    """A transaction number: what earlier transactions applied is in it; what later ones did may not be."""


async def previous_projection(connection: Executor) -> PreviousProjection | None:
    """Return the projection that can be brought back, if there is one."""
    if not await connection.fetchval(_IS_KEPT):
        return None
    row = await connection.fetchrow(_READ_KEPT)
    return PreviousProjection(row["revision"], row["since"])


async def create_empty_projection(pool: Pool, projection: Projection, database_url: str) -> None:
    """Create an empty projection and the scratch tables; raises RebuildError while a previous one is kept."""
    if await previous_projection(pool) is not None:
        raise RebuildError(
            "the projection from before the last rebuild is still kept: bring it back with --undo, "
            "or end it with --drop-previous"
        )
    await pool.execute("DROP SCHEMA IF EXISTS beside CASCADE")
    await create_scratch(pool, projection, database_url)
    async with transaction(pool) as connection:
        await connection.execute("CREATE SCHEMA beside")
        for each in projection.swapped:
            await connection.execute(f"ALTER TABLE rebuild_scratch.{each.table} SET SCHEMA beside")


async def create_scratch(pool: Pool, projection: Projection, database_url: str) -> str:
    """Create every table of the service once more, empty; return the revision, which must be the live one."""
    await pool.execute("DROP SCHEMA IF EXISTS rebuild_scratch CASCADE")
    await pool.execute("CREATE SCHEMA rebuild_scratch")
    await asyncio.to_thread(migrate, projection.service, database_url, schema="rebuild_scratch")
    revisions = await pool.fetchrow(_REVISIONS)
    live, made = str(revisions["live"]), str(revisions["made"])
    if live != made:
        raise RebuildError(f"the database is at revision {live}, this program at {made}: migrate first")
    return live


async def drop_empty_projection(pool: Pool, projection: Projection) -> None:
    """Drop the empty tables in scratch, so that the kept ones in `beside` are found instead."""
    for each in projection.swapped:
        await pool.execute(f"DROP TABLE rebuild_scratch.{each.table}")


async def clear(pool: Pool) -> None:
    """Drop everything but a projection that can be brought back."""
    await pool.execute("DROP SCHEMA IF EXISTS rebuild_scratch CASCADE")
    if await previous_projection(pool) is None:
        await pool.execute("DROP SCHEMA IF EXISTS beside CASCADE")


async def drop_previous_projection(pool: Pool) -> bool:
    """Drop the previous projection; return whether there was one."""
    was_kept = await previous_projection(pool) is not None
    await pool.execute("DROP SCHEMA IF EXISTS beside CASCADE")
    return was_kept
