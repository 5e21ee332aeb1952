"""Takes what came apart into messages: of a file or batch (FHS, BHS ... BTS, FTS), or without any envelope.

Interface engines and files join messages without one: the second message is no part of the first.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from services.admission.domain.hl7v2.charsets import without_mark

_ENVELOPE: Final = (b"FHS", b"BHS", b"BTS", b"FTS")
_HEADER: Final = b"MSH"
_AROUND: Final = b"\r\n\t \x0b\x1c\x00\xef\xbb\xbf"
_ANY: Final = rb"(?=[\t \x0b\x1c\x00]*(?:\xef\xbb\xbf)?(?:MSH|FHS|BHS|BTS|FTS)[^A-Za-z0-9\r\n])"
_BEGINS: Final = rb"(?:^|(?<=[\r\n]))" + _ANY
_WIDE: Final = frozenset({"utf-16-le", "utf-16-be"})


def is_batch(raw: bytes) -> bool:
    """Whether the bytes begin with the header of a batch."""
    return without_mark(raw)[0].lstrip(_AROUND).startswith(_ENVELOPE[:2])


def messages_of(raw: bytes) -> Iterator[bytes]:
    """The messages in it, in order; counts in BTS-1 and FTS-1 are often wrong, and are not believed."""
    unmarked, marked = without_mark(raw)
    if marked in _WIDE or not (unmarked.count(_HEADER) > 1 or is_batch(raw)):
        yield raw  # another message in wide letters is found when it is read
    else:
        parts = (part.lstrip(_AROUND) for part in re.split(_BEGINS + _again(unmarked), unmarked))
        messages = [part for part in parts if part and not part.startswith(_ENVELOPE)]
        mark = codecs.BOM_UTF8 if marked else b""
        yield from (mark + message for message in messages)
        if not (messages or is_batch(raw)):
            yield raw


def _again(raw: bytes) -> bytes:
    """A header of the same delimiters where no segment ended before it: no field holds those unescaped."""
    begin = raw.find(_HEADER)
    delimiters = raw[begin + 3 : begin + 8]
    if begin < 0 or delimiters[1:].isalnum() or delimiters[-1:] in {b"", delimiters[:1]}:
        return b""
    return b"|(?=" + re.escape(_HEADER + delimiters) + b")"
