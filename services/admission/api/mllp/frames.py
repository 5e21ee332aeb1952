"""Finds the messages in what comes over MLLP: 0x0B, the message, 0x1C and, mostly, 0x0D.

It holds one message at most, and looks at each byte once, in however many parts they come.
"""

BEGIN = 0x0B
END = 0x1C
MOST_BYTES_BETWEEN = 4096
NOT_MLLP = "what came is no MLLP, or one message of it is too long"


class Frames:
    """Takes bytes as they come."""

    def __init__(self, *, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held = bytearray()
        self._is_inside = False
        self._between = 0

    @property
    def is_inside(self) -> bool:
        """Whether a message has begun and not ended."""
        return self._is_inside

    @property
    def held_bytes(self) -> int:
        """How much of it has come."""
        return len(self._held)

    def take(self, part: bytes) -> list[bytes]:
        """The messages that end in this part; raises ValueError.

        Between messages a few bytes mean nothing (0x0D, blanks, what tools add). A message that begins before
        the last one ended begins anew: nobody was answered.
        """
        found: list[bytes] = []
        at = 0
        while at < len(part):
            if self._is_inside:
                at = self._take_inside(part, at, found)
                continue
            begins = part.find(BEGIN, at)
            self._between += (len(part) if begins < 0 else begins) - at
            if self._between > MOST_BYTES_BETWEEN:
                raise ValueError(NOT_MLLP)
            if begins < 0:
                break
            self._is_inside, self._between, at = True, 0, begins + 1
        return found

    def _take_inside(self, part: bytes, at: int, found: list[bytes]) -> int:
        ends = part.find(END, at)
        upto = len(part) if ends < 0 else ends
        anew = part.rfind(BEGIN, at, upto)
        if anew >= 0:
            self._held.clear()
            at = anew + 1
        self._held += part[at:upto]
        if len(self._held) > self._limit_bytes:
            raise ValueError(NOT_MLLP)
        if ends < 0:
            return upto
        found.append(bytes(self._held))
        self._held.clear()
        self._is_inside = False
        return ends + 1


def framed(message: bytes) -> bytes:
    """The message as it goes over the wire."""
    return bytes((BEGIN,)) + message + bytes((END, 0x0D))
