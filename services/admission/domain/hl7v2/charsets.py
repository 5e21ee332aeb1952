"""Decides in which charset a message is: byte order mark, MSH-18, or what its source is known for."""

import codecs
from collections.abc import Mapping
from typing import Final

from services.admission.domain.hl7v2.errors import NotInItsCharset, UnknownCharset

_UTF_8: Final = "utf-8"
_WINDOWS: Final = "cp1252"
_LATIN: Final = "latin-1"
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, _UTF_8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Table 0211, and what software writes in its place. Whoever declares ISO 8859-1 often writes Windows-1252,
# which has everything of it but control characters; whoever declares ASCII, or nothing, may write anything.
DECLARED: Final[Mapping[str, str | None]] = {
    "": None,
    "ASCII": None,
    **dict.fromkeys(("8859/1", "ISO-8859-1", "ISO 8859-1", "ISO8859-1", "8859-1", "LATIN1"), _WINDOWS),
    **dict.fromkeys(("WINDOWS-1252", "CP1252", "ANSI"), _WINDOWS),
    **{f"8859/{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)},
    "ISO-8859-15": "iso8859-15",
    **dict.fromkeys(("UNICODE UTF-8", "UTF-8", "UTF8", "UNICODE"), _UTF_8),
    "UNICODE UTF-16": "utf-16",
}
"""MSH-18 in capitals -> the codec; `None`: it says nothing."""

CODECS: Final = frozenset(codec for codec in DECLARED.values() if codec)


def without_mark(raw: bytes) -> tuple[bytes, str | None]:
    """The bytes after a byte order mark, and the charset that it shows."""
    for mark, codec in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :], codec
    return raw, None


def codec_of(declared: str) -> str | None:
    """The codec that MSH-18 (its first repetition) names; `None` where it says nothing.

    Raises UnknownCharset.
    """
    name = declared.strip().upper()
    if name not in DECLARED:
        raise UnknownCharset
    return DECLARED[name]


def decoded(raw: bytes, codec: str | None, *, usual: str | None) -> tuple[str, str]:
    """The text and its codec; undeclared, it is UTF-8 where it can be, else what is `usual` for its source.

    Raises NotInItsCharset; nothing is ever replaced.
    """
    candidates = [codec] if codec else [_UTF_8, *([usual] if usual else [])]
    if _WINDOWS in candidates:  # it leaves five bytes undefined, which are control characters of ISO 8859-1
        candidates.append(_LATIN)
    for candidate in candidates:
        try:
            return raw.decode(candidate), candidate
        except UnicodeDecodeError:
            continue
    raise NotInItsCharset
