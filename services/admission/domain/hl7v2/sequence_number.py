"""Reads MSH-13, by which a sender numbers its messages (CH2 2.10.1)."""

import re
from typing import Final

from services.admission.domain.hl7v2.message import Segment

_NUMBER: Final = re.compile(r"-1|[0-9]{1,15}")


def sequence_number_of(header: Segment) -> int | None:
    """The number; `None` where the sender gives none that can be read."""
    text = header.text(13).strip()
    return int(text) if _NUMBER.fullmatch(text) else None
