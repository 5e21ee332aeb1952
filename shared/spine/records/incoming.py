"""What came from the broker, before anyone judged it: the raw record and what could be read of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from shared.events.envelope import Payload, TraceContext
from shared.events.establishment import establishment_in, establishment_of
from shared.spine.records.received import ReceivedEvent

Stream = tuple[str, UUID]
"""Publisher and subject: within a stream, sequences are dense and order has a meaning."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the headers say."""

    event_id: UUID
    publisher: str
    subject: UUID
    sequence: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    trace: TraceContext = {}

    @property
    def stream(self) -> Stream:
        return self.publisher, self.subject


class Incoming(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record. No envelope: unreadable. A `reason`: wrong. No `data` and no `reason`: of a newer type."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    envelope: Envelope | None = None
    data: Payload | None = None
    reason: str | None = None

    @property
    def establishment(self) -> str | None:
        """Whose fact it states, also of a type that is newer than we are."""
        return establishment_in(self.value) if self.data is None else establishment_of(self.data)

    def received(self, trace: TraceContext) -> ReceivedEvent | None:
        """The event for the use cases, its trace continued; none when there is nothing to apply."""
        envelope, data = self.envelope, self.data
        if envelope is None or data is None or self.reason is not None:
            return None
        return ReceivedEvent(
            event_id=envelope.event_id,
            publisher=envelope.publisher,
            subject=envelope.subject,
            sequence=envelope.sequence,
            occurred_at=envelope.occurred_at,
            recorded_at=envelope.recorded_at,
            data=data,
            trace=trace,
            type=envelope.type,
            topic=self.topic,
            partition=self.partition,
            offset=self.offset,
        )
