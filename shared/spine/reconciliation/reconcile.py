"""Does a consumer hold all that a publisher recorded? Compared, and mended from the publisher's ledger.

Only hours that are not sealed are compared: those that are not over, that were not equal yet, or that
someone wrote into since. So a turn costs as much as has changed. An hour that is over and equal is sealed.
A few sealed hours are counted again in every turn, so a loss in any of them is found in the end.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from shared.spine.reconciliation import holdings, holes, result, seals
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.comparison import Place, deficits, identity_of, in_turn, is_equal, stuck
from shared.spine.reconciliation.extent import first_hour
from shared.spine.reconciliation.naming import name
from shared.spine.reconciliation.peer import Peer
from shared.spine.reconciliation.pulling import Puller
from shared.spine.reconciliation.result import Mended, Result
from shared.spine.reconciliation.windows import Window, empty_window, hours, runs, shares
from shared.telemetry.logging import get_logger

GRACE: Final = timedelta(seconds=30)
"""What was recorded more recently is on its way."""
MOST_CELLS: Final = 64
"""As many are looked into in one turn."""
SWEEP: Final = 4
"""As many sealed hours are counted again in one turn."""

Windows = dict[datetime, Window]


class Reconciler:
    """Compares what a service holds with one publisher's ledger."""

    def __init__(self, books: Books, peer: Peer, puller: Puller) -> None:
        self._books = books
        self._peer = peer
        self._puller = puller
        self.publisher = peer.publisher
        self._side = books.inbox(peer.publisher)
        self._short: dict[Place, int] = {}
        self._looked_into: Place | None = None

    async def turn(self) -> Result:
        """One complete comparison; raises PeerUnavailable when the publisher cannot be asked."""
        began, now = monotonic(), self._books.clock()
        until = now - GRACE
        over, not_over = await self._unsealed(now, until)
        ours, theirs = await self._both(not_over, until)
        for starts in shares(over):
            held, recorded = await self._sealed_where_equal(starts, now)
            ours, theirs = ours | held, theirs | recorded
        before, self._short = self._short, deficits(ours, theirs)
        mended = await self._mend(self._next(stuck(self._short, before)), until)
        await self._sweep(now)
        concluded = Result(
            completed_at=self._books.clock(),
            until=until,
            seconds=monotonic() - began,
            windows=len(ours),
            short=sum(max(count, 0) for count in self._short.values()),
            holes=await holes.count_absent(self._books.pool, self.publisher),
            mended=mended,
        )
        await result.store(self._books.pool, self.publisher, concluded)
        return concluded

    async def _unsealed(self, now: datetime, until: datetime) -> tuple[list[datetime], list[datetime]]:
        """The hours to compare: those that are over, and those that are not."""
        first = await seals.frontier(self._side) or await first_hour(self._side, self._peer, until)
        if first is None:
            return [], []
        over = await seals.unsealed(self._side, first=first, now=now)
        return over, hours(await seals.frontier(self._side) or first, until)

    async def _sealed_where_equal(self, starts: Sequence[datetime], now: datetime) -> tuple[Windows, Windows]:
        may_seal = await seals.start_counting(self._side, starts)
        ours, theirs = await self._both(starts, now)
        if may_seal:
            equal = [ours[start] for start in starts if is_equal(ours[start], theirs[start])]
            await seals.close(self._side, equal, now=now)
        return ours, theirs

    async def _both(self, starts: Sequence[datetime], until: datetime) -> tuple[Windows, Windows]:
        # Ours first: what we hold was recorded before we held it, so it is in what the ledger answers then.
        wanted = [(since, min(end, until)) for since, end in runs(starts)]
        ours = await self._side.count_each(wanted)
        theirs = {start: empty_window(start) for start in ours}
        for since, end in wanted:
            async for part in self._peer.digests(since=since, until=end):
                theirs |= {window.start: window for window in part.windows}
        return ours, theirs

    def _next(self, places: Sequence[Place]) -> Sequence[Place]:
        # What nobody can mend stays among them, and is older than much that can be.
        chosen = in_turn(places, self._looked_into)[:MOST_CELLS]
        self._looked_into = chosen[-1] if chosen else None
        return chosen

    async def _mend(self, places: Sequence[Place], until: datetime) -> Mended:
        mended = Mended()
        publisher, pool = self.publisher, self._books.pool
        # While a person holds consuming up, nothing is missing: it will come when it goes on.
        may_pull = await self._puller.may_pull()
        for place in places:
            if not may_pull and self._short[place] > 0:
                continue
            found = await name(self._side, self._peer, place, until=until)
            await holdings.correct(pool, publisher, found.misdated)
            pulled = await self._puller.pull(publisher, found.missing)
            still = await holdings.held(pool, [event.event_id for event in found.missing])
            absent = [one for one in map(identity_of, found.missing) if may_pull and one not in still]
            mended = mended.and_also(
                pulled=pulled, corrected=len(found.misdated), missing=absent, unknown=found.unknown
            )
        if mended.pulled or mended.missing:
            get_logger().error(
                "events_were_missing", publisher=publisher, count=mended.pulled + mended.missing
            )
        if mended.unknown:
            get_logger().error("events_unknown_to_publisher", publisher=publisher, count=mended.unknown)
        return mended

    async def _sweep(self, now: datetime) -> None:
        starts = sorted(await seals.longest_unverified(self._side, SWEEP))
        ours, theirs = await self._both(starts, now)
        changed = [start for start in starts if not is_equal(ours[start], theirs[start])]
        await seals.reopen(self._side, changed)
        await seals.verified(self._side, [start for start in starts if start not in changed], now=now)
        if changed:
            get_logger().error("sealed_hours_differ", publisher=self.publisher, count=len(changed))
