"""Reads the events of publishers' ledgers as records that can be applied: all of them, or named ones."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from itertools import groupby
from typing import Protocol

import msgspec

from shared.spine.rebuild.live_inbox import AppliedEvent
from shared.spine.reconciliation.hours.digests import Digests
from shared.spine.reconciliation.hours.windows import HourCounts
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.pulled import LedgerEvent, as_incoming


class Ledger(Protocol):
    """What a publisher recorded, as `shared.spine.reconciliation.ledger.client.LedgerClient` reads it."""

    def digests(self, *, since: datetime | None, until: datetime) -> AsyncIterator[Digests]: ...

    def events(self, window: datetime, bucket: int) -> AsyncIterator[Sequence[LedgerEvent]]: ...

    def events_of_persons(self, spans: Sequence[Span]) -> AsyncIterator[Sequence[LedgerEvent]]: ...


class Extent(msgspec.Struct, frozen=True):
    """How much a ledger held when it was asked."""

    windows: list[HourCounts]

    @property
    def total(self) -> int:
        """Number of events."""
        return sum(window.total for window in self.windows)


async def extent_of(ledger: Ledger, *, until: datetime) -> Extent:
    """Return the hours of a ledger that are not empty."""
    async with aclosing(ledger.digests(since=None, until=until)) as parts:  # type: ignore[type-var]
        return Extent([window async for part in parts for window in part.windows])


async def all_events(publisher: str, ledger: Ledger, extent: Extent) -> AsyncIterator[list[IncomingRecord]]:
    """Yield the events page by page, by hour and bucket: those of a person are in their order."""
    cells = [
        (window.start, bucket)
        for window in extent.windows
        for bucket, cell in enumerate(window.buckets)
        if cell.count
    ]
    for cell in cells:
        async for page in ledger.events(*cell):
            yield [as_incoming(publisher, event) for event in page]


async def named_events(ledger: Ledger, named: Sequence[AppliedEvent]) -> AsyncIterator[list[IncomingRecord]]:
    """Yield the named events of one publisher page by page; `named` is ordered by person and sequence."""
    event_ids = {each.event_id for each in named}
    async for page in ledger.events_of_persons(list(_spans(named))):
        yield [as_incoming(named[0].publisher, event) for event in page if event.event_id in event_ids]


def _spans(named: Sequence[AppliedEvent]) -> Iterator[Span]:
    for subject, of_person in groupby(named, key=lambda each: each.subject):
        sequences = [each.sequence for each in of_person]
        yield Span(subject, min(sequences), max(sequences))
