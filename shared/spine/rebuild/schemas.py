"""Where is the other projection kept? Beside the live one, in schemas that the same migrations make.

`beside` holds the tables that are not live: those being made or, after an exchange, those that were.
`rebuild_scratch` holds every other table of the service: whatever filling the projection writes there, its
own publications too, is thrown away. A session that looks into these two runs the service's own SQL.

Nothing here touches the live tables. What an interrupted run left behind is dropped by the next one; only
the projection that an exchange took out of service is kept, until it is dropped on purpose.
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


class Kept(msgspec.Struct, frozen=True):
    """The projection that was live before."""

    revision: str
    since: str
    """What transactions before this one applied is in it; what later ones applied may not be."""


async def kept(connection: Executor) -> Kept | None:
    """What can be brought back; none when there is nothing."""
    if not await connection.fetchval(_IS_KEPT):
        return None
    row = await connection.fetchrow(_READ_KEPT)
    return Kept(row["revision"], row["since"])


async def make_empty(pool: Pool, projection: Projection, database_url: str) -> None:
    """An empty projection beside the live one, and scratch."""
    if await kept(pool) is not None:
        raise RebuildError(
            "the projection from before the last rebuild is still kept: bring it back with --undo, "
            "or end it with --drop-previous"
        )
    await pool.execute("DROP SCHEMA IF EXISTS beside CASCADE")
    await make_scratch(pool, projection, database_url)
    async with transaction(pool) as connection:
        await connection.execute("CREATE SCHEMA beside")
        for each in projection.swapped:
            await connection.execute(f"ALTER TABLE rebuild_scratch.{each.table} SET SCHEMA beside")


async def make_scratch(pool: Pool, projection: Projection, database_url: str) -> str:
    """Every table of the service once more, empty; at which revision."""
    await pool.execute("DROP SCHEMA IF EXISTS rebuild_scratch CASCADE")
    await pool.execute("CREATE SCHEMA rebuild_scratch")
    await asyncio.to_thread(migrate, projection.service, database_url, schema="rebuild_scratch")
    revisions = await pool.fetchrow(_REVISIONS)
    live, made = str(revisions["live"]), str(revisions["made"])
    if live != made:
        raise RebuildError(f"the database is at revision {live}, this program at {made}: migrate first")
    return live


async def make_room(pool: Pool, projection: Projection) -> None:
    """What is filled shall be the projection that is kept: away with the empty tables that were just made."""
    for each in projection.swapped:
        await pool.execute(f"DROP TABLE rebuild_scratch.{each.table}")


async def clear(pool: Pool) -> None:
    """Leave nothing behind but a projection that can be brought back."""
    await pool.execute("DROP SCHEMA IF EXISTS rebuild_scratch CASCADE")
    if await kept(pool) is None:
        await pool.execute("DROP SCHEMA IF EXISTS beside CASCADE")


async def drop_kept(pool: Pool) -> bool:
    """End the way back; false when there was none."""
    was_kept = await kept(pool) is not None
    await pool.execute("DROP SCHEMA IF EXISTS beside CASCADE")
    return was_kept
