"""Gives tests of a rebuild a service's database, its routes, and the ledgers that it consumes."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from shared.database.pool import Pool
from shared.events.envelope import RecordedEvent
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.applier import Applier
from shared.spine.rebuild.context import RebuildContext, open_rebuild
from shared.spine.rebuild.projection import Projection
from shared.spine.rebuild.rebuild_projection import (
    RebuildResult,
    drop_previous,
    rebuild_projection,
    restore_previous,
)
from shared.testing.records import as_read
from tests.integration.spine.rebuild.ledgers import StoredLedger


@dataclass
class Scene:
    """A service that has applied what the ledgers hold."""

    pool: Pool
    database_url: str
    projection: Projection
    ledgers: dict[str, StoredLedger] = field(default_factory=dict)
    steps: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledgers = {publisher: StoredLedger() for publisher in self.projection.publishers}

    def record(self, events: Iterable[RecordedEvent]) -> None:
        """Publishers recorded them; nobody has received them yet."""
        for event in events:
            self.ledgers[event.publisher].events_stored.append(event)

    async def apply(self, events: Sequence[RecordedEvent]) -> Applied:
        """The live service applies them, as its consumer would."""
        projection = self.projection
        applier = Applier(
            self.pool,
            routes=projection.routes,
            dependencies=projection.dependencies,
            clock=projection.clock,
        )
        return await applier.apply_pulled([as_read(event) for event in events])

    async def happen(self, events: Sequence[RecordedEvent]) -> None:
        """Recorded and applied."""
        self.record(events)
        await self.apply(events)

    async def rebuild(self, *, swap: bool = True) -> RebuildResult:
        async with self._open_rebuild() as context:
            return await rebuild_projection(context, swap=swap)

    async def undo(self) -> RebuildResult:
        async with self._open_rebuild() as context:
            return await restore_previous(context)

    async def drop_previous(self) -> RebuildResult:
        async with self._open_rebuild() as context:
            return await drop_previous(context)

    async def rows(self, table: str, *, without: Sequence[str] = ()) -> set[tuple[str, ...]]:
        """What a table holds."""
        return {
            tuple(str(value) for name, value in row.items() if name not in without)
            for row in await self.pool.fetch(f"SELECT * FROM {table}")  # noqa: S608
        }

    async def projected(self) -> dict[str, set[tuple[str, ...]]]:
        """What the tables hold that a rebuild makes anew, as far as it must be the same."""
        return {
            each.table: await self.rows(each.table, without=each.left_out) for each in self.projection.swapped
        }

    async def schemas(self) -> set[str]:
        """Those beside the live one."""
        rows = await self.pool.fetch(
            "SELECT nspname FROM pg_namespace WHERE nspname IN ('beside', 'rebuild_scratch')"
        )
        return {row["nspname"] for row in rows}

    def _open_rebuild(self) -> AbstractAsyncContextManager[RebuildContext]:
        return open_rebuild(self.projection, self.database_url, self.ledgers, self._note_step)

    def _note_step(self, step: str, figures: Mapping[str, Any]) -> None:
        self.steps.append((step, dict(figures)))
