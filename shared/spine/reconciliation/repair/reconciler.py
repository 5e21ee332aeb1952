"""Compares what a consumer holds with a publisher's ledger, and repairs the differences from that ledger.

Only hours that are not sealed are compared: those that are not over, that were not equal yet, or that were
opened by a writer since. So a comparison costs as much as has changed. An hour that is over and equal is
sealed. A few sealed hours are counted again each time, so that a loss in any of them is found in the end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from shared.spine.reconciliation.comparison import holdings
from shared.spine.reconciliation.comparison.differences import (
    CellKey,
    deficits,
    is_equal,
    key_of_event,
    starting_after,
    to_examine,
)
from shared.spine.reconciliation.comparison.find_differences import find_differences, first_hour_to_compare
from shared.spine.reconciliation.context import ReconciliationContext
from shared.spine.reconciliation.hours import sealed_hours
from shared.spine.reconciliation.hours.windows import EventKey, HourCounts, batches, empty_hour, hours, joined
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.spine.reconciliation.repair import result
from shared.spine.reconciliation.repair.fill_holes import count_absent
from shared.spine.reconciliation.repair.puller import Puller
from shared.spine.reconciliation.repair.result import Repairs, Result
from shared.spine.reconciliation.repair.take_back import MOST, Taker
from shared.telemetry.logging import get_logger

GRACE: Final = timedelta(seconds=30)
"""Events that were recorded more recently are on their way and not compared."""
MAX_CELLS: Final = 64
"""Cells that are examined event by event in one comparison."""
HOURS_VERIFIED: Final = 4
"""Sealed hours that are counted again in one comparison."""

Windows = dict[datetime, HourCounts]


class Reconciler:
    """Compares what a service holds with one publisher's ledger; remembers what differed the last time."""

    def __init__(
        self, context: ReconciliationContext, ledger: LedgerClient, puller: Puller, taker: Taker
    ) -> None:
        self._context = context
        self._ledger = ledger
        self._puller = puller
        self._taker = taker
        self.publisher = ledger.publisher
        self._side = context.inbox_side(ledger.publisher)
        self._deficits: dict[CellKey, int] = {}
        self._last_examined: CellKey | None = None
        self._unknown: frozenset[EventKey] = frozenset()

    async def reconcile(self) -> Result:
        """Compare once and repair what can be repaired; raises PublisherUnavailable."""
        began, now = monotonic(), self._context.clock()
        until = now - GRACE
        over, not_over = await self._unsealed_hours(now, until)
        ours, theirs = await self._count_both(not_over, until)
        for starts in batches(over):
            held, recorded = await self._count_and_seal(starts, now)
            ours, theirs = ours | held, theirs | recorded
        before, self._deficits = self._deficits, deficits(ours, theirs)
        mended = await self._repair(self._choose_cells(to_examine(self._deficits, before)), until)
        await self._verify_some(now)
        concluded = Result(
            completed_at=self._context.clock(),
            until=until,
            seconds=monotonic() - began,
            windows=len(ours),
            short=sum(max(count, 0) for count in self._deficits.values()),
            holes=await count_absent(self._context.pool, self.publisher),
            mended=mended,
        )
        await result.store(self._context.pool, self.publisher, concluded)
        await self._take_back_unknown(mended)
        return concluded

    async def _take_back_unknown(self, mended: Repairs) -> None:
        """Take back what was unknown twice in a row, so that it was said and alarmed before."""
        before, self._unknown = self._unknown, frozenset(mended.unknown_named)
        confirmed = [key for key in mended.unknown_named if key in before]
        if confirmed and mended.unknown <= MOST and await self._puller.may_pull():
            await self._taker.take_back(self._ledger, confirmed)

    async def _unsealed_hours(self, now: datetime, until: datetime) -> tuple[list[datetime], list[datetime]]:
        """Return the hours to compare: those that are over, and those that are not."""
        first = await sealed_hours.end_of_tracked_hours(self._side) or await first_hour_to_compare(
            self._side, self._ledger, until
        )
        if first is None:
            return [], []
        over = await sealed_hours.unsealed(self._side, first=first, now=now)
        return over, hours(await sealed_hours.end_of_tracked_hours(self._side) or first, until)

    async def _count_and_seal(self, starts: Sequence[datetime], now: datetime) -> tuple[Windows, Windows]:
        """Count hours that are over on both sides, and seal those that are equal."""
        may_seal = await sealed_hours.start_counting(self._side, starts)
        ours, theirs = await self._count_both(starts, now)
        if may_seal:
            equal = [ours[start] for start in starts if is_equal(ours[start], theirs[start])]
            await sealed_hours.seal(self._side, equal, now=now)
        return ours, theirs

    async def _count_both(self, starts: Sequence[datetime], until: datetime) -> tuple[Windows, Windows]:
        # Our side is read first: what we hold was recorded before, so the ledger's answer contains it.
        wanted = [(since, min(end, until)) for since, end in joined(starts)]
        ours = await self._side.count_each(wanted)
        theirs = {start: empty_hour(start) for start in ours}
        for since, end in wanted:
            async for part in self._ledger.digests(since=since, until=end):
                theirs |= {window.start: window for window in part.windows}
        return ours, theirs

    def _choose_cells(self, cells: Sequence[CellKey]) -> Sequence[CellKey]:
        # Cells that nobody can repair differ every time, and are older than many that can be repaired.
        chosen = starting_after(cells, self._last_examined)[:MAX_CELLS]
        self._last_examined = chosen[-1] if chosen else None
        return chosen

    async def _repair(self, cells: Sequence[CellKey], until: datetime) -> Repairs:
        mended = Repairs()
        publisher, pool = self.publisher, self._context.pool
        # While consuming is paused nothing is missing: it will come once consuming goes on.
        may_pull = await self._puller.may_pull()
        for cell in cells:
            if not may_pull and self._deficits[cell] > 0:
                continue
            found = await find_differences(self._side, self._ledger, cell, until=until)
            await holdings.correct(pool, publisher, found.misdated)
            pulled = await self._puller.pull(publisher, found.missing)
            held = await holdings.held(pool, [event.event_id for event in found.missing])
            still_missing = [one for one in map(key_of_event, found.missing) if may_pull and one not in held]
            mended = mended.plus(
                pulled=pulled, corrected=len(found.misdated), missing=still_missing, unknown=found.unknown
            )
        if mended.pulled or mended.missing:
            get_logger().error(
                "events_were_missing", publisher=publisher, count=mended.pulled + mended.missing
            )
        if mended.unknown:
            get_logger().error("events_unknown_to_publisher", publisher=publisher, count=mended.unknown)
        return mended

    async def _verify_some(self, now: datetime) -> None:
        """Count a few sealed hours again on both sides, and open those that are no longer equal."""
        starts = sorted(await sealed_hours.longest_unverified(self._side, HOURS_VERIFIED))
        ours, theirs = await self._count_both(starts, now)
        changed = [start for start in starts if not is_equal(ours[start], theirs[start])]
        await sealed_hours.reopen(self._side, changed)
        unchanged = [start for start in starts if start not in changed]
        await sealed_hours.mark_verified(self._side, unchanged, now=now)
        if changed:
            get_logger().error("sealed_hours_differ", publisher=self.publisher, count=len(changed))
