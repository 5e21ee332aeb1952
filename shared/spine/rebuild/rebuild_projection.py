"""What can be done with a projection: make it anew, bring the earlier one back, end the way back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import msgspec

from shared.database.pool import Executor, Pool, open_pool
from shared.spine.rebuild import schemas
from shared.spine.rebuild.compare_tables import compare, persons_in_motion
from shared.spine.rebuild.filler import Filling
from shared.spine.rebuild.ledger_events import Ledger
from shared.spine.rebuild.projection import Projection, RebuildError
from shared.spine.rebuild.swap import FEW, exchange
from shared.spine.rebuild.table_comparison import TableComparison

LONGEST_STATEMENT_SECONDS: Final = 3600.0
"""Two projections of millions of rows are compared in one statement."""
_REBUILDING: Final = 7_265_737
"""Any number of our own: the lock that says that someone rebuilds here."""

Tell = Callable[[str, Mapping[str, Any]], None]
"""A step, and what there is to say of it."""


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    service: str
    done: str
    """compared, swapped, undone, dropped or nothing."""
    events: int = 0
    """Applied to the projection."""
    seconds: float = 0.0
    held_seconds: float = 0.0
    """For so long nothing was applied to the live one."""
    in_motion: int = 0
    """Persons who were not compared, because events of theirs came meanwhile or are still to come."""
    tables: tuple[TableComparison, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rebuild:
    """A service's projection, live and beside."""

    projection: Projection
    database_url: str
    live: Pool
    beside: Pool
    ledgers: Mapping[str, Ledger]
    tell: Tell

    async def make(self, *, swap: bool) -> Rebuilt:
        """Make it from the ledgers, compare it, and put it in place of the live one if that is wanted."""
        began = monotonic()
        async with self._alone():
            await schemas.make_empty(self.live, self.projection, self.database_url)
            filling = self._filling()
            await filling.take_everything(until=self.projection.clock(), said=self._said_pulled)
            since = await filling.catch_up(since=None, few=FEW)
            made = await self._finished(filling, began)
            if not swap:
                return made
            await self._adopt()
            held = await exchange(filling, since=since)
            return msgspec.structs.replace(
                made, done="swapped", events=filling.applied, held_seconds=held, seconds=monotonic() - began
            )

    async def undo(self) -> Rebuilt:
        """Bring the earlier one back, with what was applied since; the one that was live is kept then."""
        began = monotonic()
        async with self._alone():
            kept = await schemas.kept(self.live)
            if kept is None:
                raise RebuildError("there is no earlier projection to bring back")
            revision = await schemas.make_scratch(self.live, self.projection, self.database_url)
            if kept.revision != revision:
                raise RebuildError(
                    f"the earlier projection is of revision {kept.revision}, the database at {revision}"
                )
            await schemas.make_room(self.live, self.projection)
            filling = self._filling()
            held = await exchange(filling, since=kept.since)
            return Rebuilt(
                service=self.projection.service,
                done="undone",
                events=filling.applied,
                seconds=monotonic() - began,
                held_seconds=held,
            )

    async def drop_previous(self) -> Rebuilt:
        """End the way back."""
        async with self._alone():
            was_kept = await schemas.drop_kept(self.live)
        return Rebuilt(service=self.projection.service, done="dropped" if was_kept else "nothing")

    async def _finished(self, filling: Filling, began: float) -> Rebuilt:
        for each in self.projection.swapped:
            await self.live.execute(f"ANALYZE beside.{each.table}")
        self.tell("comparing", {})
        return Rebuilt(
            service=self.projection.service,
            done="compared",
            events=filling.applied,
            seconds=monotonic() - began,
            in_motion=await persons_in_motion(self.live),
            tables=tuple(await compare(self.live, self.beside, self.projection)),
        )

    async def _adopt(self) -> None:
        for table in self.projection.adopted:
            key = ", ".join(self.projection.key_of(table))
            await self.live.execute(
                f"INSERT INTO public.{table} ({key}) SELECT {key} FROM rebuild_scratch.{table} "  # noqa: S608
                "ON CONFLICT DO NOTHING"
            )

    def _filling(self) -> Filling:
        return Filling(live=self.live, beside=self.beside, projection=self.projection, ledgers=self.ledgers)

    def _said_pulled(self, publisher: str, pulled: int, total: int) -> None:
        self.tell("pulling", {"publisher": publisher, "pulled": pulled, "total": total})

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Nobody else rebuilds here; what is not to be kept is gone afterwards."""
        async with self.live.acquire(timeout=10) as session:
            if not await session.fetchval("SELECT pg_try_advisory_lock($1)", _REBUILDING):
                raise RebuildError("another rebuild of this service is under way")
            try:
                yield
            finally:
                # Also when it was cancelled: what stays behind after a kill, the next run drops.
                await asyncio.shield(self._leave(session))

    async def _leave(self, session: Executor) -> None:
        await schemas.clear(self.live)
        await session.execute("SELECT pg_advisory_unlock($1)", _REBUILDING)


@asynccontextmanager
async def open_rebuild(
    projection: Projection, database_url: str, ledgers: Mapping[str, Ledger], tell: Tell
) -> AsyncIterator[Rebuild]:
    """Two pools: one looks at the live tables, the other finds the service's tables beside them."""
    name = f"{projection.service}-rebuild"
    async with (
        open_pool(
            database_url,
            application_name=name,
            search_path="public",
            command_timeout_seconds=LONGEST_STATEMENT_SECONDS,
        ) as live,
        open_pool(
            database_url,
            application_name=name,
            search_path=schemas.SEARCH_PATH,
            command_timeout_seconds=LONGEST_STATEMENT_SECONDS,
        ) as beside,
    ):
        yield Rebuild(
            projection=projection,
            database_url=database_url,
            live=live,
            beside=beside,
            ledgers=ledgers,
            tell=tell,
        )
