"""How is the projection filled? By the service's own routes, which find its tables beside the live ones.

What they publish on the way stays in scratch: no relay reads it. Nothing is sent.
"""

from collections import defaultdict
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.database.pool import Executor, Pool
from shared.spine.inbox.application import Applier
from shared.spine.rebuild import live_inbox as tails
from shared.spine.rebuild.ledger_events import Ledger, everything, extent_of, those
from shared.spine.rebuild.live_inbox import Held
from shared.spine.rebuild.projection import Projection, RebuildError
from shared.spine.records.incoming import Incoming

AT_ONCE: Final = 1000
"""Events applied in one transaction, about."""
MOST_LEFT: Final = 50_000
"""Events of the tail that are looked at in one round."""
MOST_ROUNDS_IN_VAIN: Final = 20

Said = Callable[[str, int, int], None]
"""Publisher, events pulled so far, events there are."""


@dataclass(kw_only=True)
class Filling:
    """Applies what ledgers hold to the projection beside."""

    live: Pool
    beside: Pool
    projection: Projection
    ledgers: Mapping[str, Ledger]
    applied: int = 0
    """Events of types that the service knows."""

    async def take_everything(self, *, until: datetime, said: Said) -> None:
        """All that every publisher recorded before `until`."""
        for publisher, ledger in self.ledgers.items():
            extent = await extent_of(ledger, until=until)
            pulled, share = 0, list[Incoming]()
            said(publisher, 0, extent.total)
            async for cell in everything(publisher, ledger, extent):
                share += cell
                pulled += len(cell)
                while len(share) >= AT_ONCE:
                    await self._apply(share[:AT_ONCE])
                    share = share[AT_ONCE:]
                said(publisher, pulled, max(pulled, extent.total))
            await self._apply(share)

    async def catch_up(self, *, since: str | None, few: int) -> str:
        """Take what was applied meanwhile, until no more than a few are left; since when to look then.

        Raises RebuildError when so much comes in that what is left does not become less.
        """
        rounds_in_vain, fewest = 0, MOST_LEFT
        while rounds_in_vain < MOST_ROUNDS_IN_VAIN:
            moment = await tails.now(self.live)
            left = await tails.tail(self.live, since=since, most=MOST_LEFT)
            await self.take(left)
            if len(left) < MOST_LEFT:
                since = moment
                rounds_in_vain = 0 if len(left) < fewest else rounds_in_vain + 1
                fewest = min(fewest, len(left))
            if len(left) <= few:
                return moment
        raise RebuildError(
            f"as much comes in as is taken over, {len(left)} events in the last round: "
            "pause the service first"
        )

    async def take(self, left: Sequence[Held]) -> None:
        """The events that are named; raises RebuildError when one of them cannot be had or applied."""
        by_publisher: dict[str, list[Held]] = defaultdict(list)
        for each in left:
            by_publisher[each.publisher].append(each)
        for publisher, named in by_publisher.items():
            if publisher not in self.ledgers:
                raise RebuildError(f"{len(named)} events were applied of {publisher}, which is not consumed")
            await self._take_shares(those(self.ledgers[publisher], named))
        lost = await _without(self.beside, [each.event_id for each in left])
        if lost:
            raise RebuildError(
                f"{len(lost)} events that this service applied are in no ledger, {lost[0]} for one: "
                "a projection made from the ledgers would lose them"
            )

    async def _take_shares(self, parts: AsyncIterable[list[Incoming]]) -> None:
        share: list[Incoming] = []
        async for part in parts:
            share += part
            if len(share) >= AT_ONCE:
                await self._apply(share)
                share = []
        await self._apply(share)

    async def _apply(self, incoming: Sequence[Incoming]) -> None:
        wanted = await tails.wanted(self.live, incoming)
        if not wanted:
            return
        applier = Applier(
            self.beside,
            routes=self.projection.routes,
            dependencies=self.projection.dependencies,
            clock=self.projection.clock,
        )
        done = await applier.apply_outside(wanted)
        self.applied += len(done.events)
        parked = {
            parcel.incoming.envelope.event_id: parcel.reason
            for parcel in done.parcels
            if parcel.incoming.envelope
        }
        refused = await tails.held(self.live, parked)
        if refused:
            one = min(refused)
            raise RebuildError(f"event {one} was applied before and is refused now: {parked[one]}")


_WITHOUT: Final = """
SELECT event_id FROM unnest($1::uuid[]) AS named (event_id)
WHERE NOT EXISTS (SELECT FROM inbox WHERE inbox.event_id = named.event_id)
"""


async def _without(beside: Executor, event_ids: Sequence[UUID]) -> list[UUID]:
    return [row["event_id"] for row in await beside.fetch(_WITHOUT, event_ids)]
