"""Gives a rebuild ledgers to read: lists of events, read as real ledgers are."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from shared.events.envelope import RecordedEvent
from shared.events.registry import TYPES
from shared.spine.reconciliation.hours.digests import Digests
from shared.spine.reconciliation.hours.windows import (
    BUCKETS,
    EventKey,
    HourCounts,
    bucket_of,
    cell_of,
    hour_of,
)
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.pulled import LedgerEvent

MOST_OF_A_PERSON = 3
"""A page is short, so that a person needs several."""


@dataclass
class StoredLedger:
    """A publisher's ledger; `meanwhile` happens before each cell, and `then` before each person is read.

    Cells hold what there was when digests were asked for, so that what comes later is asked for by person.
    """

    events_stored: list[RecordedEvent] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None
    then: Callable[[], Awaitable[None]] | None = None
    _counted: list[RecordedEvent] = field(default_factory=list)

    async def digests(self, *, since: datetime | None, until: datetime) -> AsyncIterator[Digests]:
        """In two parts where there are several hours."""
        self._counted = list(self.events_stored)
        windows = [window for window in self._windows() if window.start < until]
        half = len(windows) // 2
        for part in (windows[:half], windows[half:]):
            yield Digests(since=since, until=until, windows=tuple(part))

    async def events(self, window: datetime, bucket: int) -> AsyncIterator[list[LedgerEvent]]:
        if self.meanwhile is not None:
            await self.meanwhile()
        yield [
            _read(event)
            for event in self._counted
            if hour_of(event.recorded_at) == window and bucket_of(event.subject) == bucket
        ]

    async def events_of_persons(self, spans: Sequence[Span]) -> AsyncIterator[list[LedgerEvent]]:
        for span in spans:
            if self.then is not None:
                await self.then()
            found = [
                _read(event)
                for event in sorted(self.events_stored, key=lambda event: event.sequence)
                if event.subject == span.subject and span.first <= event.sequence <= span.last
            ]
            for start in range(0, len(found), MOST_OF_A_PERSON):
                yield found[start : start + MOST_OF_A_PERSON]

    def _windows(self) -> Iterable[HourCounts]:
        cells: dict[datetime, list[list[EventKey]]] = defaultdict(lambda: [[] for _ in range(BUCKETS)])
        for event in self.events_stored:
            identity = EventKey(event.event_id, event.subject, event.sequence)
            cells[hour_of(event.recorded_at)][bucket_of(event.subject)].append(identity)
        for start, of in sorted(cells.items()):
            yield HourCounts(
                start=start, total=sum(map(len, of)), buckets=tuple(cell_of(one) for one in of), tallies={}
            )


def _read(event: RecordedEvent) -> LedgerEvent:
    return LedgerEvent(
        event_id=event.event_id,
        subject=event.subject,
        sequence=event.sequence,
        type=TYPES[type(event.data)],
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        data=msgspec.Raw(msgspec.json.encode(event.data)),
        trace=event.trace,
    )
