"""Whatever bytes come, they are a message or an `UnreadableMessage`; nothing of a message is lost."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.hl7v2.batch import messages_of
from services.admission.domain.hl7v2.errors import (
    BadDelimiters,
    NoHeader,
    NotInItsCharset,
    SeveralMessages,
    TooManySegments,
    UnknownCharset,
    UnreadableMessage,
)
from services.admission.domain.hl7v2.parse import MOST_SEGMENTS, parse, parse_text

HEADER = "MSH|^~\\&|HIS|H|RELAIS|R|20240304070000||ADT^A01^ADT_A01|42|P|2.5"
PID = "PID|1||1^^^H&1.2.3&ISO^PI~2^^^X^INS||BÉNARD&&&^Zoé^^^^^L"
MESSAGE = f"{HEADER}|||||FRA|UNICODE UTF-8\r{PID}\rZBE|7\r"


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n", "\r\r\n"])
def test_segments_end_with_any_line_end(line_end: str) -> None:
    message = parse(MESSAGE.replace("\r", line_end).encode())
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "ZBE"]
    assert message.header.text(9, 2) == "A01"


def test_a_field_is_taken_apart_into_repetitions_components_and_subcomponents() -> None:
    pid = parse(MESSAGE.encode()).first("PID")
    assert [value.text() for value in pid.values(3)] == ["1", "2"]
    assert pid.text(3, 4, 2) == "1.2.3"
    assert (pid.text(5), pid.text(5, 2), pid.text(5, 99), pid.text(99)) == ("BÉNARD", "Zoé", "", "")


def test_a_segment_that_is_not_there_is_empty() -> None:
    message = parse(MESSAGE.encode())
    assert not message.has("PV1")
    assert message.first("PV1").text(2) == ""


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("8859/1", "cp1252"), ("8859/15", "iso8859-15"), ("UNICODE UTF-8", "utf-8"), ("unicode utf-8", "utf-8")],
)
def test_the_declared_charset_is_read(declared: str, codec: str) -> None:
    text = MESSAGE.replace("UNICODE UTF-8", declared)
    message = parse(text.encode(codec))
    assert message.first("PID").text(5) == "BÉNARD"
    assert message.charset == codec


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_charset(codec: str) -> None:
    assert parse(MESSAGE.encode(codec)).first("PID").text(5) == "BÉNARD"


@pytest.mark.parametrize("declared", ["", "ASCII"])
def test_undeclared_it_is_utf_8_or_what_its_source_writes(declared: str) -> None:
    text = MESSAGE.replace("UNICODE UTF-8", declared)
    assert parse(text.encode()).first("PID").text(5) == "BÉNARD"
    assert parse(text.encode("cp1252"), usual_charset="cp1252").first("PID").text(5) == "BÉNARD"
    with pytest.raises(NotInItsCharset):
        parse(text.encode("cp1252"))


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", NoHeader),
        (b"PID|1", NoHeader),
        ("é".encode("cp1252"), NoHeader),
        (b"MSH", BadDelimiters),
        (b"MSHA^~\\&A", BadDelimiters),
        (b"MSH||HIS", BadDelimiters),
        (b"MSH|^^\\&|HIS", BadDelimiters),
        (b"MSH|^~\\&#!|HIS", BadDelimiters),
        (MESSAGE.replace("UNICODE UTF-8", "KLINGON").encode(), UnknownCharset),
        (MESSAGE.encode("cp1252"), NotInItsCharset),
        (HEADER.encode() + b"\rNTE|1" * MOST_SEGMENTS, TooManySegments),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, error: type[UnreadableMessage]) -> None:
    with pytest.raises(error):
        parse(raw)


def test_a_sender_may_choose_its_delimiters_or_leave_some_out() -> None:
    custom = MESSAGE.translate(str.maketrans("|^~\\&", "#@*!%"))
    assert parse(custom.encode()).first("PID").text(3, 4, 2) == "1.2.3"
    assert parse(b"MSH|^|HIS\rPID|1||1^^^A&1.2&ISO~2").first("PID").text(3, 4, 2) == "1.2"


def test_lines_that_are_no_segments_are_reported_and_spoil_nothing() -> None:
    message = parse(MESSAGE.replace("\rZBE", "\rgarbage|1\r\r~~~\rZBE").encode())
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "ZBE"]
    assert message.unread_lines == (3, 5)


@pytest.mark.parametrize("line_end", ["\r", "\r\n"])
def test_a_line_feed_in_a_field_ends_no_segment(line_end: str) -> None:
    address = MESSAGE.replace("BÉNARD", "12 rue X\nBAT|B").replace("\r", line_end)
    assert parse(address.encode()).first("PID").text(5) == "12 rue X\nBAT"
    mixed = MESSAGE.replace("\rZBE", "\nZBE")
    assert parse(mixed.encode()).first("ZBE").text(1) == "7"


def test_bytes_that_windows_leaves_undefined_are_control_characters() -> None:
    raw = MESSAGE.replace("UNICODE UTF-8", "8859/1").encode("cp1252").replace(b"Zo", b"Z\x81o")
    message = parse(raw)
    assert (message.first("PID").text(5, 2), message.charset) == ("Z\x81oé", "latin-1")


def test_null_is_told_apart_from_nothing() -> None:
    pid = parse_text(f'{HEADER}\rPID|1||""^^^A~|').first("PID")
    assert [value.is_deleted for value in parse_text(f'{HEADER}\rPID|""').first("PID").values(1)] == [True]
    assert [value.text() for value in pid.values(3)] == ["", ""]


def test_a_batch_is_its_messages_whatever_its_counts_say() -> None:
    batch = b"FHS|^~\\&|\rBHS|^~\\&|\rMSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rBTS|7\rFTS|1\r"
    assert list(messages_of(batch)) == [b"MSH|^~\\&|1\rPID|1\r", b"MSH|^~\\&|2\r"]


@pytest.mark.parametrize("between", ["\r", "\n", "\r\n\r\n", "\r\x0b", "\r\x1c\r\x0b", "\r\ufeff", ""])
def test_messages_that_come_together_without_a_batch_are_several(between: str) -> None:
    messages = [b"MSH|^~\\&|1\rPID|1", b"MSH|^~\\&|2\rPID|2", b"MSH|^~\\&|3\rPID|3"]
    assert [each.strip(b"\r\n\x0b\x1c") for each in messages_of(between.encode().join(messages))] == messages
    marked = codecs.BOM_UTF8 + b"\r".join(messages)
    assert [each.startswith(codecs.BOM_UTF8) for each in messages_of(marked)] == [True] * 3
    alone = b"MSH|^~\\&|1\rOBX|1|MSHA|MSH|MSH"
    assert list(messages_of(alone)) == [alone]


def test_another_message_is_no_part_of_the_first_where_nobody_took_them_apart() -> None:
    two = MESSAGE.replace("UNICODE UTF-8", "UNICODE UTF-16") * 2
    assert len(list(messages_of(two.encode("utf-16")))) == 1
    with pytest.raises(SeveralMessages):
        parse(two.encode("utf-16"))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_unreadable(raw: bytes) -> None:
    for part in messages_of(raw):
        try:
            parse(part, usual_charset="cp1252")
        except UnreadableMessage:
            continue


@given(st.data())
def test_any_change_of_a_message_is_a_message_or_unreadable(data: st.DataObject) -> None:
    raw = bytearray(MESSAGE.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        begin = data.draw(st.integers(0, len(raw)))
        raw[begin : begin + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=5))
    try:
        message = parse(bytes(raw), usual_charset="cp1252")
    except UnreadableMessage:
        return
    for segment in message.segments:
        for field in range(len(segment.fields) + 2):
            for value in segment.values(field):
                assert len(value.text(1)) <= len(value.raw)


@given(st.lists(st.text(st.characters(exclude_characters="\r\n|\x1c\x0b\x00\t ")), max_size=8))
def test_every_field_is_kept_as_it_came(fields: list[str]) -> None:
    segment = parse_text(f"{HEADER}\r" + "|".join(["ZZZ", *fields, "end"])).segments[-1]
    assert segment.fields == (*fields, "end")
