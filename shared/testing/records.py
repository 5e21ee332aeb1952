"""Builds records as a consumer would have read them from the broker, for tests."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from shared.events.admission import AccessRevoked
from shared.events.envelope import Payload, RecordedEvent
from shared.events.registry import TOPICS, TYPES
from shared.spine.records.incoming import Envelope, IncomingRecord
from shared.spine.records.received import ReceivedEvent

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
WRONG: Final = "the payload does not fit its type"


def incoming(
    subject: UUID,
    sequence: int,
    *,
    event_id: UUID | None = None,
    known_type: bool = True,
    reason: str | None = None,
) -> IncomingRecord:
    """A record that was read; with a `reason` it is wrong, with an unknown type nobody wants it."""
    event_id = event_id or uuid4()
    return IncomingRecord(
        topic="relais.admission",
        partition=0,
        offset=0,
        key=str(subject).encode(),
        value=b"{}",
        headers=(("ce_id", str(event_id).encode()),),
        envelope=Envelope(
            event_id=event_id,
            publisher="admission",
            subject=subject,
            sequence=sequence,
            type="relais.admission.access-revoked.v1" if known_type else "relais.admission.unheard-of.v1",
            occurred_at=NOW,
            recorded_at=NOW,
        ),
        data=AccessRevoked(key_id=uuid4()) if known_type and reason is None else None,
        reason=reason,
    )


def as_read(event: RecordedEvent, *, offset: int = 0) -> IncomingRecord:
    """The record of an event that another service recorded."""
    return IncomingRecord(
        topic=TOPICS[event.publisher],
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
            trace=event.trace,
        ),
        data=event.data,
    )


def received(data: Payload, *, subject: UUID) -> ReceivedEvent:
    """What a route is handed of a payload that admission published about this subject."""
    return ReceivedEvent(
        event_id=UUID(int=9),
        publisher="admission",
        subject=subject,
        sequence=1,
        occurred_at=NOW,
        recorded_at=NOW,
        data=data,
        type="",
        topic="relais.admission",
        partition=0,
        offset=0,
    )


def unreadable() -> IncomingRecord:
    """A record of which not even the headers make sense."""
    return IncomingRecord(
        topic="relais.admission",
        partition=0,
        offset=0,
        key=b"\xff",
        value=b"\x00",
        headers=(),
        reason="the headers are not those of a CloudEvent 1.0",
    )


def event_id(record: IncomingRecord) -> UUID:
    """The id of a readable record."""
    if record.envelope is None:
        raise ValueError("the record has no id")
    return record.envelope.event_id
