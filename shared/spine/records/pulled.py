"""Turns an event that was read from a ledger into the record that the broker would have brought."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.events.envelope import TraceContext
from shared.spine.records.cloud_events import Headers, decode, encode
from shared.spine.records.incoming import Envelope, IncomingRecord

TOPIC: Final = "ledger"
NO_PARTITION: Final = -1


class LedgerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as its publisher's ledger API returns it."""

    event_id: UUID
    subject: UUID
    sequence: int
    type: str
    occurred_at: datetime
    recorded_at: datetime
    data: msgspec.Raw
    establishment: str | None = None
    trace: TraceContext = {}


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """The record that the publisher's relay would have made."""

    key: bytes
    value: bytes
    headers: Headers
    topic: str = TOPIC
    partition: int = NO_PARTITION
    offset: int = 0


def as_incoming(publisher: str, event: LedgerEvent) -> IncomingRecord:
    """Read it as if the broker had brought it: with the same checks, and the same bytes if it is parked."""
    envelope = Envelope(
        event_id=event.event_id,
        publisher=publisher,
        subject=event.subject,
        sequence=event.sequence,
        type=event.type,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        trace=event.trace,
    )
    return decode(_Record(key=str(event.subject).encode(), value=bytes(event.data), headers=encode(envelope)))
