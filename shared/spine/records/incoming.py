"""Defines a record that came in, before anything is decided: its bytes and what could be read of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from shared.events.envelope import Payload, TraceContext
from shared.events.establishment import establishment_in, establishment_of
from shared.spine.records.received import ReceivedEvent

Stream = tuple[str, UUID]
"""Publisher and subject; within a stream, sequences are dense and order matters."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the headers of a record say."""

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


class IncomingRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record.

    Without an envelope it is unreadable, with a `reason` it is wrong; with neither `data` nor `reason` it is
    of a type that this version does not know.
    """

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
        """The establishment that states it; also of a type that this version does not know."""
        return establishment_in(self.value) if self.data is None else establishment_of(self.data)

    def received(self, trace: TraceContext) -> ReceivedEvent | None:
        """The event for a use case, in this trace; None when it is wrong or of an unknown type."""
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
