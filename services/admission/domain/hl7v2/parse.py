"""Reads one message from bytes in time linear in their number; raises nothing but `UnreadableMessage`."""

import re
from typing import Final

from services.admission.domain.hl7v2.charsets import codec_of, decoded, without_mark
from services.admission.domain.hl7v2.errors import (
    BadDelimiters,
    NoHeader,
    NotInItsCharset,
    SeveralMessages,
    TooManySegments,
    UnreadableMessage,
)
from services.admission.domain.hl7v2.message import Delimiters, Message, Segment

MOST_SEGMENTS: Final = 2000
_HEADER: Final = "MSH"
_HEADER_BYTES: Final = b"MSH"
_NEAR: Final = 12
_CHARSET: Final = 18
_AROUND: Final = "\r\n\t \x0b\x1c\x00\ufeff"
_LINE_END: Final = re.compile("\r\n|\r|\n")
_USUAL: Final = (
    "(?:ACC|AL1|ARV|CON|DB1|DG1|DRG|EVN|GT1|IAM|IN[123]|MRG|MSH|NK1|NTE|OBX|PD1|PDA|PID|PR1|PRT|PV[12]|ROL"
    "|SFT|UAC|UB[12]|ZBE|ZF[A-Z]|ZP[AV])"
)
_NAME: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_MOST_DELIMITERS: Final = 5
"""Component, repetition, escape, subcomponent and, from version 2.7 on, truncation."""


def parse(raw: bytes, *, usual_charset: str | None = None, charset: str | None = None) -> Message:
    """The message; `charset` is what its transport says, which wins, and `usual_charset` what its source
    writes when nothing is said."""
    unmarked, marked = without_mark(raw)
    codec = charset or marked or _declared(unmarked)
    try:
        text, codec = decoded(unmarked, codec, usual=usual_charset)
    except UnreadableMessage:
        _check_header(unmarked)  # what is no message at all is not called one of an unknown charset
        raise
    return parse_text(text.strip(_AROUND), charset=codec)


def parse_text(text: str, *, charset: str = "utf-8") -> Message:
    """The message of a text that begins with MSH."""
    if not text.startswith(_HEADER):
        raise NoHeader
    delimiters = delimiters_of(text)
    segments: list[Segment] = []
    unread: list[int] = []
    lines = _lines(text, delimiters)
    if len(lines) > MOST_SEGMENTS:
        raise TooManySegments
    for number, line in enumerate(lines, 1):
        name, *fields = line.split(delimiters.field)
        if number > 1 and _HEADER in line[:_NEAR] and _is_header(line.lstrip(_AROUND)):
            raise SeveralMessages
        if _NAME.fullmatch(name):
            whole = (delimiters.field, *fields) if name == _HEADER else tuple(fields)
            segments.append(Segment(name, whole, delimiters))
        elif line.strip(_AROUND):
            unread.append(number)
    return Message(tuple(segments), charset, text, tuple(unread))


def _lines(text: str, delimiters: Delimiters) -> list[str]:
    """The segments; where they end with CR, an LF is in a field, unless a usual segment follows it."""
    ends = text.find("\r")
    if ends < 0 or "\n" in text[:ends]:
        return _LINE_END.split(text)
    return re.split(f"\r\n|\r|\n(?={_USUAL}{re.escape(delimiters.field)})", text)


def delimiters_of(text: str) -> Delimiters:
    """Those that the header names; the usual ones for those that it leaves out."""
    field = text[3:4]
    if not field or field.isalnum() or field in _AROUND:
        raise BadDelimiters
    named = _LINE_END.split(text[4:64], maxsplit=1)[0].split(field, 1)[0]
    if not named or len(named) > _MOST_DELIMITERS or any(each.isalnum() or each in _AROUND for each in named):
        raise BadDelimiters
    usual = Delimiters()
    rest = (usual.component, usual.repetition, usual.escape, usual.subcomponent)
    chosen = (*named[:4], *rest[len(named) :])
    if len({field, *chosen}) < len(chosen) + 1:
        raise BadDelimiters
    return Delimiters(field, *chosen)


def _is_header(line: str) -> bool:
    return line.startswith(_HEADER) and not line[3:4].isalnum()


def _check_header(raw: bytes) -> None:
    if not raw.lstrip(_AROUND.encode()).startswith(_HEADER_BYTES):
        raise NoHeader


def _declared(raw: bytes) -> str | None:
    """The codec that MSH-18 names; in every charset the header's characters are those of ASCII."""
    if raw[:2] in {b"M\x00", b"\x00M"}:
        return "utf-16-le" if raw[0] else "utf-16-be"
    header = re.split(b"[\r\n]", raw.lstrip(_AROUND.encode()), maxsplit=1)[0]
    if not header.startswith(_HEADER_BYTES):
        raise NoHeader
    delimiter = header[3:4]
    fields = header.split(delimiter) if delimiter else []
    if len(fields) < _CHARSET:
        return None
    try:
        declared = fields[_CHARSET - 1].decode("ascii")
    except UnicodeDecodeError:
        raise NotInItsCharset from None
    repetition = header[5:6].decode("ascii", "ignore")
    return codec_of(declared.split(repetition)[0] if repetition else declared)


def header_of(raw: bytes) -> Segment | None:
    """The header of bytes that are no message, as far as an answer can name it; `None` without one."""
    unmarked, marked = without_mark(raw)
    text = unmarked[:4096].decode(marked or "latin-1", "replace").lstrip(_AROUND)
    line = _LINE_END.split(text, maxsplit=1)[0]
    try:
        (header,) = parse_text(line).segments
    except (UnreadableMessage, ValueError):
        return None
    return header


def transported(charset: str | None) -> str | None:
    """The codec of a charset that a transport names; `None` where it names none; raises UnknownCharset."""
    return codec_of(charset) if charset else None
