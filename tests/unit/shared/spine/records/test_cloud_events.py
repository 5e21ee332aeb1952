"""An event survives the wire, and what is wrong with any other record is named, never raised."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.admission import AccessRevoked
from shared.spine.records.cloud_events import NOT_CLOUD_EVENT, WRONG_PAYLOAD, decode, encode
from shared.spine.records.incoming import Envelope

NOTHING: Mapping[str, str | None] = {}
DATA = AccessRevoked(key_id=UUID(int=3))
ENVELOPE = Envelope(
    event_id=UUID(int=1),
    publisher="admission",
    subject=UUID(int=2),
    sequence=7,
    type="relais.admission.access-revoked.v1",
    occurred_at=datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=UTC),
    recorded_at=datetime(2026, 3, 1, 8, 31, tzinfo=UTC),
    trace={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=b"},
)


class Record(msgspec.Struct):
    value: bytes | None
    headers: list[tuple[str, bytes]]
    topic: str = "relais.admission"
    partition: int = 4
    offset: int = 9
    key: bytes | None = b"00000000-0000-0000-0000-000000000002"


def record(value: bytes | None = None, changed: Mapping[str, str | None] = NOTHING) -> Record:
    headers = dict(encode(ENVELOPE))
    for name, text in changed.items():
        if text is None:
            del headers[name]
        else:
            headers[name] = text.encode()
    return Record(msgspec.json.encode(DATA) if value is None else value, list(headers.items()))


def test_what_was_encoded_is_decoded() -> None:
    incoming = decode(record())
    assert (incoming.envelope, incoming.data, incoming.reason) == (ENVELOPE, DATA, None)


def test_the_event_for_the_use_cases_has_its_place_and_the_consumers_trace() -> None:
    event = decode(record()).received({"traceparent": "mine"})
    assert event is not None
    assert (event.type, event.topic, event.partition, event.offset) == (
        ENVELOPE.type,
        "relais.admission",
        4,
        9,
    )
    assert event.trace == {"traceparent": "mine"}


def test_the_content_mode_is_binary() -> None:
    headers = dict(encode(ENVELOPE))
    assert headers["content-type"] == b"application/json"
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_source"] == b"urn:relais:admission"
    assert headers["ce_time"] == b"2026-03-01T08:30:15.123456+00:00"


def test_an_unknown_type_has_no_data_and_no_fault() -> None:
    incoming = decode(record(b"\xff", {"ce_type": "relais.admission.patient-teleported.v1"}))
    assert incoming.envelope is not None
    assert (incoming.data, incoming.reason) == (None, None)
    assert incoming.received({}) is None


def test_unknown_fields_of_a_known_type_are_ignored() -> None:
    value = b'{"key_id":"00000000-0000-0000-0000-000000000003","later":1}'
    assert decode(record(value)).data == DATA


@pytest.mark.parametrize(
    "value", [b"", b"null", b"[]", b'{"key_id":7}', b"{}", b"\xff\xfe", b'{"later":' + b"[" * 100_000]
)
def test_a_payload_that_does_not_fit_its_type_is_wrong_but_keeps_its_place_in_the_stream(
    value: bytes,
) -> None:
    incoming = decode(record(value))
    assert incoming.reason == WRONG_PAYLOAD
    assert incoming.envelope == ENVELOPE
    assert incoming.value == value
    assert incoming.received({}) is None


def test_a_record_without_a_value_is_wrong() -> None:
    headers = encode(ENVELOPE)
    assert decode(Record(None, headers)).reason == WRONG_PAYLOAD


@pytest.mark.parametrize(
    "changed",
    [
        {"ce_id": None},
        {"ce_id": "one"},
        {"ce_specversion": "0.3"},
        {"ce_source": "https://elsewhere"},
        {"ce_subject": "Mme X"},
        {"ce_sequence": "0"},
        {"ce_sequence": "9223372036854775808"},
        {"ce_sequence": "first"},
        {"ce_time": "2026-03-01T08:30:15"},
        {"ce_recordedtime": "yesterday"},
        {"ce_type": "relais.admission.\0"},
    ],
)
def test_headers_that_are_not_an_event_are_named(changed: dict[str, str | None]) -> None:
    incoming = decode(record(changed=changed))
    assert (incoming.reason, incoming.envelope) == (NOT_CLOUD_EVENT, None)


@given(
    st.lists(st.tuples(st.sampled_from(["ce_id", "ce_type", "x"]), st.binary())),
    st.one_of(st.none(), st.binary()),
)
def test_no_record_makes_decoding_fail(headers: list[tuple[str, bytes]], value: bytes | None) -> None:
    assert decode(Record(value, headers)).reason == NOT_CLOUD_EVENT
