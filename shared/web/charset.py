"""Reads a body in the charset that its sender declares in `Content-Type`, and gives it as UTF-8.

JSON is UTF-8; older software in France writes ISO-8859-1 or Windows-1252, and says so.
"""

from collections.abc import Mapping
from email.message import Message
from typing import Final

from shared.web.problems import Problem

_UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii"})
# Whoever declares ISO-8859-1 often writes Windows-1252, which has everything of it but control characters.
_READ_AS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-15", "latin9"), "iso-8859-15"),
}
UNKNOWN_CHARSET: Final = "The charset is not one that is read here"
NOT_IN_CHARSET: Final = "The body is not in the charset that it declares"
REMEDY: Final = "Send UTF-8, or declare iso-8859-1, iso-8859-15 or windows-1252 in Content-Type."


def as_utf8(body: bytes, content_type: str | None) -> bytes:
    """The same text as UTF-8; raises `Problem` 422 for a charset that is unknown or wrong."""
    if body.isascii() or content_type is None or "charset" not in content_type.lower():
        return body
    header = Message()
    header["content-type"] = content_type
    declared = (header.get_content_charset() or "utf-8").lower()
    if declared in _UTF_8:
        return body
    if declared not in _READ_AS:
        raise Problem(422, UNKNOWN_CHARSET, detail=REMEDY)
    try:
        return body.decode(_READ_AS[declared]).encode()
    except UnicodeDecodeError:
        raise Problem(422, NOT_IN_CHARSET, detail=REMEDY) from None
