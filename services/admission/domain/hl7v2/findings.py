"""Defines what a receiver finds in a message: where, by its code of table 0357, in French and in English."""

from typing import Final, Literal

from msgspec import Struct

from services.admission.domain.hl7v2.message import Place

Code = Literal[100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207]

CODES: Final[dict[Code, str]] = {
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
    204: "Unknown key identifier",
    205: "Duplicate key identifier",
    206: "Application record locked",
    207: "Application internal error",
}
"""Table 0357, by its own texts."""

_FIRST_REJECTION: Final = 200


class Finding(Struct, frozen=True, kw_only=True):
    """Something that is wrong, or only worth saying."""

    code: Code
    french: str
    english: str
    place: Place | None = None
    is_warning: bool = False
    """Whether the message is taken all the same."""

    @property
    def is_rejection(self) -> bool:
        """Whether it is about the kind of message, or about us, and not about what the message says."""
        return not self.is_warning and self.code >= _FIRST_REJECTION


class Refused(Struct, frozen=True):
    """Why nothing of a message is taken."""

    findings: tuple[Finding, ...]
