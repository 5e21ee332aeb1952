"""Opens what a rebuild works with: a pool for the live tables and one for the rebuilt tables."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from shared.database.pool import Executor, Pool, open_pool
from shared.spine.rebuild import schemas
from shared.spine.rebuild.filler import ProjectionFiller, ReportPhase
from shared.spine.rebuild.ledger_events import Ledger
from shared.spine.rebuild.projection import Projection, RebuildError

MAX_STATEMENT_SECONDS: Final = 3600.0
"""Two projections of millions of rows are compared in one statement."""
_REBUILDING: Final = 7_265_737
"""Number of the advisory lock that a rebuild holds; an arbitrary one."""


@dataclass(frozen=True, kw_only=True)
class RebuildContext:
    """A service's projection, live and rebuilt."""

    projection: Projection
    database_url: str
    live: Pool
    """Its sessions find the live tables."""
    rebuilt: Pool
    """Its sessions find the rebuilt tables, in the schema `beside`."""
    ledgers: Mapping[str, Ledger]
    report_phase: ReportPhase

    def filler(self) -> ProjectionFiller:
        """Return a filler of the rebuilt projection."""
        return ProjectionFiller(
            live=self.live, rebuilt=self.rebuilt, projection=self.projection, ledgers=self.ledgers
        )

    @asynccontextmanager
    async def exclusively(self) -> AsyncIterator[None]:
        """Hold the lock on rebuilding this service, and drop at the end what is not to be kept.

        Raises RebuildError while another rebuild holds it.
        """
        async with self.live.acquire(timeout=10) as session:
            if not await session.fetchval("SELECT pg_try_advisory_lock($1)", _REBUILDING):
                raise RebuildError("another rebuild of this service is under way")
            try:
                yield
            finally:
                # Also when it was cancelled; what stays behind after a kill is dropped by the next run.
                await asyncio.shield(self._clear_and_unlock(session))

    async def _clear_and_unlock(self, session: Executor) -> None:
        await schemas.clear(self.live)
        await session.execute("SELECT pg_advisory_unlock($1)", _REBUILDING)


@asynccontextmanager
async def open_rebuild(
    projection: Projection, database_url: str, ledgers: Mapping[str, Ledger], report_phase: ReportPhase
) -> AsyncIterator[RebuildContext]:
    """Open the two pools of a rebuild."""
    name = f"{projection.service}-rebuild"
    async with (
        open_pool(
            database_url,
            application_name=name,
            search_path="public",
            command_timeout_seconds=MAX_STATEMENT_SECONDS,
        ) as live,
        open_pool(
            database_url,
            application_name=name,
            search_path=schemas.SEARCH_PATH,
            command_timeout_seconds=MAX_STATEMENT_SECONDS,
        ) as rebuilt,
    ):
        yield RebuildContext(
            projection=projection,
            database_url=database_url,
            live=live,
            rebuilt=rebuilt,
            ledgers=ledgers,
            report_phase=report_phase,
        )
