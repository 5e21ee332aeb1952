"""Hands events to indicators as its consumer does: checkpoint, inbox, routes, one commit."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from services.indicators.consumers import ROUTES
from services.indicators.handlers.dependencies import Dependencies
from services.indicators.settings import Settings
from shared.events.envelope import RecordedEvent
from shared.events.registry import TYPES
from shared.spine.inbox import checkpoint
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.applier import Applier, Batch
from shared.spine.records.incoming import Envelope, IncomingRecord
from shared.spine.service.opening import OpenService

Service = OpenService[Settings, Dependencies]


@dataclass
class Delivery:
    """The service with a consumer that takes what it is given."""

    service: Service
    lease: checkpoint.PartitionLease | None = None
    offset: int = 0

    async def deliver(self, events: Sequence[RecordedEvent], *, wrong: Sequence[int] = ()) -> Applied:
        """Applies one batch; the events at the positions `wrong` come unreadable, and are parked."""
        batch = Batch(
            lease=self.lease or await self._take_lease(),
            expected=self.offset,
            following=self.offset + len(events),
            incoming=[
                _incoming(event, self.offset + nth, reason="not readable" if nth in wrong else None)
                for nth, event in enumerate(events)
            ],
        )
        applied = await Applier(
            self.service.spine.pool, routes=ROUTES, dependencies=self.service.dependencies
        ).apply(batch)
        self.offset = batch.following
        return applied

    async def _take_lease(self) -> checkpoint.PartitionLease:
        self.lease, _ = await checkpoint.take_lease(
            self.service.spine.pool,
            consumer_group="relais-indicators",
            cluster_id="test",
            topic="relais.admission",
            partition=0,
        )
        await checkpoint.reset(self.service.spine.pool, self.lease, self.offset)
        return self.lease


def _incoming(event: RecordedEvent, offset: int, *, reason: str | None) -> IncomingRecord:
    return IncomingRecord(
        topic="relais.admission",
        partition=0,
        offset=offset,
        key=str(event.subject).encode(),
        value=msgspec.json.encode(event.data),
        headers=(),
        envelope=Envelope(
            event_id=event.event_id,
            publisher=event.publisher,
            subject=event.subject,
            sequence=event.sequence,
            type=TYPES[type(event.data)],
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
        ),
        data=event.data if reason is None else None,
        reason=reason,
    )
