"""Encodes and decodes events as CloudEvents 1.0, Kafka protocol binding, binary mode."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

# A uuid.UUID in C: it is read, hashed, compared and sent ten times per event, in a tenth of the time.
from asyncpg.pgproto.pgproto import UUID

from shared.events.envelope import Payload, TraceContext
from shared.events.registry import PAYLOADS
from shared.spine.records.incoming import Envelope, IncomingRecord

Headers = Sequence[tuple[str, bytes | None]]

SOURCE_PREFIX: Final = "urn:relais:"
NOT_CLOUD_EVENT: Final = "the headers are not those of a CloudEvent 1.0"
WRONG_PAYLOAD: Final = "the payload does not fit its type"
_TRACE_HEADERS: Final = ("traceparent", "tracestate")

_decoders: Final[Mapping[str, msgspec.json.Decoder[Payload]]] = {
    type_: msgspec.json.Decoder(payload) for type_, payload in PAYLOADS.items()
}


class Record(Protocol):
    """The part of a consumed Kafka record that is read here."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


def encode(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The headers of an event. The record's value is the ledger's JSON, unchanged; its key is the subject."""
    headers: dict[str, str] = {
        "ce_specversion": "1.0",
        "ce_id": str(envelope.event_id),
        "ce_source": SOURCE_PREFIX + envelope.publisher,
        "ce_type": envelope.type,
        "ce_time": envelope.occurred_at.isoformat(),
        "ce_subject": str(envelope.subject),
        "ce_sequence": str(envelope.sequence),
        "ce_recordedtime": envelope.recorded_at.isoformat(),
        "content-type": "application/json",
        **{name: envelope.trace[name] for name in _TRACE_HEADERS if name in envelope.trace},
    }
    return [(name, value.encode()) for name, value in headers.items()]


def decode(record: Record) -> IncomingRecord:
    """Read a record as far as possible; what is wrong with it is in `reason`, never raised."""
    envelope = _parse_envelope(record.headers)
    data: Payload | None = None
    reason = NOT_CLOUD_EVENT if envelope is None else None
    decoder = _decoders.get(envelope.type) if envelope is not None else None
    if decoder is not None:
        try:
            data = decoder.decode(record.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            reason = WRONG_PAYLOAD
    return IncomingRecord(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        envelope=envelope,
        data=data,
        reason=reason,
    )


def _parse_envelope(headers: Headers) -> Envelope | None:
    try:
        said = {name: value.decode() if value else "" for name, value in headers}
        source = said["ce_source"]
        if said["ce_specversion"] != "1.0" or not source.startswith(SOURCE_PREFIX):
            return None
        envelope = Envelope(
            event_id=UUID(said["ce_id"]),
            publisher=source.removeprefix(SOURCE_PREFIX),
            subject=UUID(said["ce_subject"]),
            sequence=int(said["ce_sequence"]),
            type=said["ce_type"],
            occurred_at=_parse_moment(said["ce_time"]),
            recorded_at=_parse_moment(said["ce_recordedtime"]),
            trace=_trace_context(said),
        )
    except (KeyError, ValueError, OverflowError):
        return None
    return envelope if 0 < envelope.sequence < 2**63 and _is_storable(envelope) else None


def _is_storable(envelope: Envelope) -> bool:
    # PostgreSQL's text takes any character but this one, and no record may stop the service.
    return "\0" not in envelope.type and "\0" not in envelope.publisher


def _parse_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a time without its offset from UTC")
    return moment.astimezone(UTC)  # raises OverflowError outside the calendar, where it could not be stored


def _trace_context(said: Mapping[str, str]) -> TraceContext:
    return {name: said[name] for name in _TRACE_HEADERS if name in said} if _TRACE_HEADERS[0] in said else {}
