"""Finds the messages in what comes over MLLP: 0x0B, the message, 0x1C 0x0D.

An 0x1C that something else follows stands in the message: in a field, or where its sender puts a separator.
Some senders leave the 0x0D out; then the next message, a line end or a pause says that it ended (decision
0070). It holds one message at most, and looks at each byte once, in however many parts they come.
"""

import re
from typing import Final

BEGIN = 0x0B
END = 0x1C
CLOSE = 0x0D
MOST_BYTES_BETWEEN = 4096
NOT_MLLP = "what came is no MLLP, or one message of it is too long"
CUT = "a message went on behind the 0x1C and the pause that ended it"
_BLANK: Final = b"\r\n\t \0"
_BEGINS_ANEW: Final = re.compile(rb"\x0b(?=(?:MSH|FHS|BHS)[^A-Za-z0-9])")


class Frames:
    """Takes bytes as they come."""

    def __init__(self, *, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held = bytearray()
        self._closing = bytearray()
        """An 0x1C that may be the end, and the blanks behind it."""
        self._is_inside = False
        self._is_ended_by_pause = False
        self._between = 0

    @property
    def is_inside(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._is_inside

    @property
    def may_be_ended(self) -> bool:
        """Whether all of a message has come, unless more of it follows at once."""
        return bool(self._closing)

    @property
    def held_bytes(self) -> int:
        """How much of it has come."""
        return len(self._held) + len(self._closing)

    def take(self, part: bytes) -> list[bytes]:
        """The messages that end in this part; raises ValueError.

        Between messages a few bytes mean nothing (0x0D, blanks, what tools add). A message that begins before
        the last one was closed begins anew: nobody was answered. With an 0x1C in it, the last one had ended.
        """
        found: list[bytes] = []
        at = 0
        while at < len(part):
            if self._closing:
                at = self._take_closing(part, at, found)
            elif self._is_inside:
                at = self._take_inside(part, at)
            else:
                at = self._take_between(part, at)
            if self.held_bytes > self._limit_bytes:
                raise ValueError(NOT_MLLP)
        return found

    def pause(self) -> list[bytes]:
        """The message that ended, now that nothing more of it came for a while."""
        if not self._closing:
            return []
        self._is_ended_by_pause = True
        return self._ended()

    def _take_between(self, part: bytes, at: int) -> int:
        begins = part.find(BEGIN, at)
        upto = len(part) if begins < 0 else begins
        if self._is_ended_by_pause and part[at:upto].strip(_BLANK):
            raise ValueError(CUT)
        self._between += upto - at
        if self._between > MOST_BYTES_BETWEEN:
            raise ValueError(NOT_MLLP)
        if begins < 0:
            return upto
        self._is_inside, self._is_ended_by_pause, self._between = True, False, 0
        return begins + 1

    def _take_inside(self, part: bytes, at: int) -> int:
        ends = part.find(END, at)
        self._held += part[at : len(part) if ends < 0 else ends]
        if ends < 0:
            return len(part)
        self._closing.append(END)
        return ends + 1

    def _take_closing(self, part: bytes, at: int, found: list[bytes]) -> int:
        byte = part[at]
        if byte == BEGIN or (byte == CLOSE and len(self._closing) == 1):
            found += self._ended()
            return at + (byte == CLOSE)
        if byte in _BLANK:
            self._closing.append(byte)
            return at + 1
        self._held += self._closing
        self._closing.clear()
        return at

    def _ended(self) -> list[bytes]:
        *before, last = _BEGINS_ANEW.split(bytes(self._held))
        self._held.clear()
        self._closing.clear()
        self._is_inside = False
        return [*(each for each in before if END in each), last]


def framed(message: bytes) -> bytes:
    """The message as it goes over the wire."""
    return bytes((BEGIN,)) + message + bytes((END, CLOSE))
