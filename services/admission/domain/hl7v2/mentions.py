"""Says whether a message, readable or not, names a person by one of their numbers."""

import re
from collections.abc import Collection
from typing import Final

_PERSON_LINES: Final = (b"PID", b"MRG")
_LINE_END: Final = re.compile(rb"[\r\n]+")
_USUAL: Final = b"|^~&"
_ASCII: Final = 0x80
_LONG: Final = 6
"""A number of so many characters means its person anywhere in a message; a shorter one, such as 1, may be
anything, and counts where numbers of persons stand."""


def mentions(raw: bytes, numbers: Collection[str]) -> bool:
    """Whether one of the numbers is a whole component of the message.

    It may not be parsed: what is refused is kept, too, when it is no message at all. So it is cut at its own
    delimiters and at the usual ones; of UTF-16 the zero bytes are left out.
    """
    text = raw.replace(b"\0", b"")
    start = text.find(b"MSH")
    own = text[start + 3 : start + 8] if start >= 0 else b""
    cut = re.compile(b"[" + re.escape(_USUAL + bytes(one for one in own if not _is_word(one))) + b"]")
    wanted = {number.encode() for number in numbers}
    wanted |= {number.encode("latin-1", "ignore") for number in numbers} - {b""}
    long = {number for number in wanted if len(number) >= _LONG}
    for line in _LINE_END.split(text):
        sought = wanted if line.startswith(_PERSON_LINES) else long
        if not sought.isdisjoint(part.strip() for part in cut.split(line)):
            return True
    return False


def _is_word(byte: int) -> bool:
    return byte >= _ASCII or chr(byte).isalnum() or byte in b"\r\n"
