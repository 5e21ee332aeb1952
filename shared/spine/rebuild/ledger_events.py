"""Where do the events come from? From the publishers' ledgers: all of them, or those that are named."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from itertools import groupby
from typing import Protocol

import msgspec

from shared.spine.rebuild.live_inbox import Held
from shared.spine.reconciliation.hours.digests import Digests
from shared.spine.reconciliation.hours.windows import Window
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.incoming import Incoming
from shared.spine.records.pulled import LedgerEvent, as_incoming


class Ledger(Protocol):
    """What a publisher recorded; `shared.spine.reconciliation.ledger.client.LedgerClient` asks for it over HTTP."""

    def digests(self, *, since: datetime | None, until: datetime) -> AsyncIterator[Digests]: ...

    def events(self, window: datetime, bucket: int) -> AsyncIterator[Sequence[LedgerEvent]]: ...

    def events_of_persons(self, spans: Sequence[Span]) -> AsyncIterator[Sequence[LedgerEvent]]: ...


class Extent(msgspec.Struct, frozen=True):
    """How much a ledger held when it was asked."""

    windows: list[Window]

    @property
    def total(self) -> int:
        return sum(window.total for window in self.windows)


async def extent_of(ledger: Ledger, *, until: datetime) -> Extent:
    """The hours of a ledger that are not empty."""
    async with aclosing(ledger.digests(since=None, until=until)) as parts:  # type: ignore[type-var]
        return Extent([window async for part in parts for window in part.windows])


async def everything(publisher: str, ledger: Ledger, extent: Extent) -> AsyncIterator[list[Incoming]]:
    """Its events, hour by hour and bucket by bucket: each person's in their order."""
    cells = [
        (window.start, bucket)
        for window in extent.windows
        for bucket, cell in enumerate(window.buckets)
        if cell.count
    ]
    for cell in cells:
        async for page in ledger.events(*cell):
            yield [as_incoming(publisher, event) for event in page]


async def those(ledger: Ledger, wanted: Sequence[Held]) -> AsyncIterator[list[Incoming]]:
    """The wanted events of one publisher, by person as `wanted` is, each person's in their order."""
    named = {each.event_id for each in wanted}
    async for page in ledger.events_of_persons(list(_spans(wanted))):
        yield [as_incoming(wanted[0].publisher, event) for event in page if event.event_id in named]


def _spans(wanted: Sequence[Held]) -> Iterator[Span]:
    for subject, of_person in groupby(wanted, key=lambda each: each.subject):
        sequences = [each.sequence for each in of_person]
        yield Span(subject, min(sequences), max(sequences))
