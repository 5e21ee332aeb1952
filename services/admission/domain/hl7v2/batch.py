"""Takes a file or batch of messages (FHS, BHS ... BTS, FTS) apart; a message alone is a batch of one."""

import re
from collections.abc import Iterator
from typing import Final

from services.admission.domain.hl7v2.charsets import without_mark

_ENVELOPE: Final = (b"FHS", b"BHS", b"BTS", b"FTS")
_BEGINS: Final = re.compile(rb"(?:^|(?<=[\r\n]))(?=(?:MSH|FHS|BHS|BTS|FTS)[^A-Za-z0-9\r\n])")


def is_batch(raw: bytes) -> bool:
    """Whether the bytes begin with the header of a batch."""
    return without_mark(raw)[0].lstrip().startswith(_ENVELOPE[:2])


def messages_of(raw: bytes) -> Iterator[bytes]:
    """The messages in it, in order; counts in BTS-1 and FTS-1 are often wrong, and are not believed."""
    if not is_batch(raw):
        yield raw
        return
    for part in _BEGINS.split(without_mark(raw)[0]):
        if part.strip() and not part.startswith(_ENVELOPE):
            yield part
