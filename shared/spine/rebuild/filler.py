"""Fills the rebuilt projection, by the service's own routes.

What the routes publish on the way stays in scratch, where no relay reads it: nothing is sent.
"""

from collections import defaultdict
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared.database.pool import Executor, Pool
from shared.spine.inbox.applier import Applier
from shared.spine.rebuild import live_inbox
from shared.spine.rebuild.ledger_events import Ledger, all_events, extent_of, named_events
from shared.spine.rebuild.live_inbox import AppliedEvent
from shared.spine.rebuild.projection import Projection, RebuildError
from shared.spine.records.incoming import IncomingRecord

EVENTS_PER_TRANSACTION: Final = 1000
"""Approximate number of events that are applied in one transaction."""
MAX_PER_ROUND: Final = 50_000
"""Events that one round of catching up looks at."""
MAX_ROUNDS_WITHOUT_PROGRESS: Final = 20

ReportPhase = Callable[[str, Mapping[str, Any]], None]
"""Takes the name of a phase of the rebuild, and its figures."""

_LACKING: Final = """
SELECT event_id FROM unnest($1::uuid[]) AS named (event_id)
WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = named.event_id)
"""


@dataclass(kw_only=True)
class ProjectionFiller:
    """Applies events of ledgers to the projection that is not live."""

    live: Pool
    rebuilt: Pool
    projection: Projection
    ledgers: Mapping[str, Ledger]
    applied: int = 0
    """Events applied so far, of types that the service knows."""

    async def apply_all(self, *, until: datetime, report_phase: ReportPhase) -> None:
        """Apply all that every publisher recorded before `until`; the phase is `pulling`."""
        for publisher, ledger in self.ledgers.items():
            extent = await extent_of(ledger, until=until)
            pulled, waiting = 0, list[IncomingRecord]()
            report_phase("pulling", {"publisher": publisher, "pulled": 0, "total": extent.total})
            async for page in all_events(publisher, ledger, extent):
                waiting += page
                pulled += len(page)
                while len(waiting) >= EVENTS_PER_TRANSACTION:
                    await self._apply(waiting[:EVENTS_PER_TRANSACTION])
                    waiting = waiting[EVENTS_PER_TRANSACTION:]
                total = max(pulled, extent.total)
                report_phase("pulling", {"publisher": publisher, "pulled": pulled, "total": total})
            await self._apply(waiting)

    async def catch_up(self, *, since: str | None, few: int) -> str:
        """Apply what the live service applied since, until at most `few` events were left in a round.

        Returns the `since` for the next look. Raises RebuildError when twenty rounds in a row left no fewer
        events than the best round before them, because events come in as fast as they are applied here.
        """
        rounds_in_vain, fewest = 0, MAX_PER_ROUND
        while rounds_in_vain < MAX_ROUNDS_WITHOUT_PROGRESS:
            moment = await live_inbox.oldest_running_transaction(self.live)
            left = await live_inbox.applied_since(self.live, since=since, limit=MAX_PER_ROUND)
            await self.apply_named(left)
            if len(left) < MAX_PER_ROUND:
                since = moment
                rounds_in_vain = 0 if len(left) < fewest else rounds_in_vain + 1
                fewest = min(fewest, len(left))
            if len(left) <= few:
                return moment
        raise RebuildError(
            f"as much comes in as is taken over, {len(left)} events in the last round: "
            "pause the service first"
        )

    async def apply_named(self, named: Sequence[AppliedEvent]) -> None:
        """Apply events by name; raises RebuildError when one of them cannot be had or applied."""
        by_publisher: dict[str, list[AppliedEvent]] = defaultdict(list)
        for each in named:
            by_publisher[each.publisher].append(each)
        for publisher, of_publisher in by_publisher.items():
            if publisher not in self.ledgers:
                raise RebuildError(
                    f"{len(of_publisher)} events were applied of {publisher}, which is not consumed"
                )
            await self._apply_pages(named_events(self.ledgers[publisher], of_publisher))
        lost = await _missing_from(self.rebuilt, [each.event_id for each in named])
        if lost:
            raise RebuildError(
                f"{len(lost)} events that this service applied are in no ledger, {lost[0]} for one: "
                "a projection made from the ledgers would lose them"
            )

    async def _apply_pages(self, pages: AsyncIterable[list[IncomingRecord]]) -> None:
        waiting: list[IncomingRecord] = []
        async for page in pages:
            waiting += page
            if len(waiting) >= EVENTS_PER_TRANSACTION:
                await self._apply(waiting)
                waiting = []
        await self._apply(waiting)

    async def _apply(self, incoming: Sequence[IncomingRecord]) -> None:
        belonging = await live_inbox.belonging_to_projection(self.live, incoming)
        if not belonging:
            return
        applier = Applier(
            self.rebuilt,
            routes=self.projection.routes,
            dependencies=self.projection.dependencies,
            clock=self.projection.clock,
        )
        done = await applier.apply_pulled(belonging)
        self.applied += len(done.events)
        parked = {
            record.incoming.envelope.event_id: record.reason
            for record in done.newly_parked
            if record.incoming.envelope
        }
        refused = await live_inbox.applied_among(self.live, parked)
        if refused:
            one = min(refused)
            raise RebuildError(f"event {one} was applied before and is refused now: {parked[one]}")


async def _missing_from(rebuilt: Executor, event_ids: Sequence[UUID]) -> list[UUID]:
    return [row["event_id"] for row in await rebuilt.fetch(_LACKING, event_ids)]
