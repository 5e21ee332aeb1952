"""However the bytes come, the messages are those that were sent, and no more than one is held."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.api.mllp.frames import CUT, MOST_BYTES_BETWEEN, NOT_MLLP, Frames, framed
from services.admission.domain.hl7v2.callers import bindings_of, bound_to_others, said, source_of

MESSAGE = st.binary(max_size=60).map(lambda raw: raw.replace(b"\x0b", b"").replace(b"\x1c", b""))
SOURCE, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


@given(st.lists(MESSAGE, max_size=6), st.lists(st.integers(1, 30), min_size=1))
def test_messages_are_found_however_they_are_cut(messages: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(map(framed, messages))
    frames, found, at = Frames(limit_bytes=60), [], 0
    while at < len(stream):
        size = sizes[at % len(sizes)]
        found += frames.take(stream[at : at + size])
        at += size
    assert found == messages
    assert (frames.is_inside, frames.held_bytes) == (False, 0)


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_make_it_hold_more_than_one_message(parts: list[bytes]) -> None:
    frames = Frames(limit_bytes=50)
    for part in parts:
        try:
            frames.take(part)
        except ValueError:
            return
        assert frames.held_bytes <= 50


def test_a_message_that_never_ends_is_refused() -> None:
    frames = Frames(limit_bytes=100)
    assert frames.take(b"\x0b" + b"A" * 100) == []
    with pytest.raises(ValueError, match=NOT_MLLP):
        frames.take(b"A")


def test_bytes_that_begin_no_message_are_refused() -> None:
    frames = Frames(limit_bytes=100)
    assert frames.take(b"\r" * MOST_BYTES_BETWEEN) == []
    with pytest.raises(ValueError, match=NOT_MLLP):
        frames.take(b"\r")


def test_a_message_that_begins_anew_replaces_the_one_that_did_not_end() -> None:
    frames = Frames(limit_bytes=100)
    assert frames.take(b"\x0bMSH|half") == []
    assert frames.take(b"\x0bMSH|whole\x1c\r\x0bMSH|next\x1c") == [b"MSH|whole"]
    assert (frames.may_be_ended, frames.pause(), frames.pause()) == (True, [b"MSH|next"], [])


@pytest.mark.parametrize("inside", [b"\x1c", b"\x1c\n", b"\x1c\x1c|", b"\x0b", b"\x1c\n\r"])
@pytest.mark.parametrize("size", [1, 7, 100])
def test_no_separator_inside_a_message_cuts_it(inside: bytes, size: int) -> None:
    message = b"MSH|1\rPV1|02" + inside + b"|940000045"
    frames, stream = Frames(limit_bytes=100), framed(message) + framed(b"MSH|2")
    parts = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert [each for part in parts for each in frames.take(part)] == [message, b"MSH|2"]


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b"\n\r\n", b"said by a tool"])
def test_a_sender_may_leave_the_last_byte_out(between: bytes) -> None:
    frames = Frames(limit_bytes=100)
    found = frames.take(b"\x0bMSH|1\x1c" + between + b"\x0bMSH|2\x1c\n")
    found += frames.pause()
    assert [each.split(b"\x1c")[0] for each in found] == [b"MSH|1", b"MSH|2"]


def test_what_follows_a_message_that_a_pause_ended_ends_the_connection() -> None:
    frames = Frames(limit_bytes=100)
    frames.take(b"\x0bMSH|1\rPV1|02\x1c")
    assert frames.pause() == [b"MSH|1\rPV1|02"]
    assert frames.take(b"\r\n") == []
    with pytest.raises(ValueError, match=CUT):
        frames.take(b"|940000045\x1c\r")


def test_a_connection_is_whose_certificate_address_or_port_it_has() -> None:
    certificate = "ab" * 32
    bound = bindings_of(f"2575={SOURCE}, 2575@10.0.0.0/8={OTHER}, 2576@sha256:{certificate}={OTHER}")
    assert str(source_of(bound, 2575, "192.0.2.1", None)) == SOURCE
    assert str(source_of(bound, 2575, "10.1.2.3", None)) == OTHER
    assert str(source_of(bound, 2576, "192.0.2.1", certificate)) == OTHER
    assert source_of(bound, 2576, "192.0.2.1", "cd" * 32) is None
    assert source_of(bound, 2577, "192.0.2.1", None) is None


def test_an_address_of_ipv4_is_the_same_when_it_is_written_as_ipv6() -> None:
    bound = bindings_of(f"2575@10.1.2.0/24={SOURCE}, 2575@::/0={OTHER}, 2575@::ffff:10.1.3.0/120={SOURCE}")
    for peer in ("::ffff:10.1.2.7", "10.1.2.7", "::ffff:10.1.3.7", "10.1.3.7"):
        assert str(source_of(bound, 2575, peer, None)) == SOURCE
    for peer in ("::ffff:10.9.2.7", "2001:db8::7"):
        assert str(source_of(bound, 2575, peer, None)) == OTHER
    assert said("::ffff:10.1.2.7") == said("10.1.2.7") == "10.1.2.7/32"


def test_what_the_settings_bind_to_another_source_is_taken() -> None:
    certificate = "sha256:" + "ab" * 32
    bound = bindings_of(f"2575@10.0.0.0/8={OTHER}, 2576@{certificate}={OTHER}, 2577={OTHER}")
    callers = ["10.0.0.0/8", "10.1.0.0/16", certificate]
    assert bound_to_others(bound, callers, UUID(SOURCE)) == ["10.0.0.0/8", certificate]
    assert bound_to_others(bound, callers, UUID(OTHER)) == []


@pytest.mark.parametrize("text", ["2575", "port=x", f"99999={SOURCE}", f"2575@nowhere={SOURCE}", "2575=42"])
def test_what_is_no_binding_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="RELAIS_MLLP_SOURCES"):
        bindings_of(text)
