"""Publishers' ledgers with the events that a test recorded, delivered or not."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from services.notifications.handlers.dependencies import Ledger
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION, PATHWAY, TYPES
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.pulled import LedgerEvent


@dataclass
class Publisher:
    """One ledger."""

    events: list[RecordedEvent] = field(default_factory=list)

    async def events_of_persons(self, spans: Sequence[Span]) -> AsyncIterator[list[LedgerEvent]]:
        yield [
            LedgerEvent(
                event_id=event.event_id,
                subject=event.subject,
                sequence=event.sequence,
                type=TYPES[type(event.data)],
                occurred_at=event.occurred_at,
                recorded_at=event.recorded_at,
                data=msgspec.Raw(msgspec.json.encode(event.data)),
            )
            for span in spans
            for event in self.events
            if event.subject == span.subject and span.first <= event.sequence <= span.last
        ]


def ledgers_with(events: Sequence[RecordedEvent]) -> Mapping[str, Ledger]:
    """The ledgers of admission and pathway with these events."""
    return {
        name: Publisher([event for event in events if event.publisher == name])
        for name in (ADMISSION, PATHWAY)
    }
