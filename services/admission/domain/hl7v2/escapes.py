r"""Replaces escape sequences: `\F\`, `\X0D0A\`, `\.br\`; what is none stays as it came (CH2 2.7)."""

from collections.abc import Mapping
from typing import Final

_HIGHLIGHTING: Final = frozenset({"H", "N"})
_LINE_ENDS: Final = frozenset({".br", ".sp", ".ce"})


def unescaped(text: str, escape: str, delimiters: Mapping[str, str]) -> str:
    """The text itself; `delimiters`: letter of a sequence -> the character for which it stands."""
    if not escape or escape not in text:
        return text
    parts: list[str] = []
    at = 0
    while True:
        begins = text.find(escape, at)
        if begins < 0:
            break
        ends = text.find(escape, begins + 1)
        if ends < 0:
            break
        parts.append(text[at:begins])
        meant = _meant(text[begins + 1 : ends], delimiters)
        if meant is None:  # a lone escape character: the next one may begin a sequence
            parts.append(text[begins:ends])
            at = ends
        else:
            parts.append(meant)
            at = ends + 1
    parts.append(text[at:])
    return "".join(parts)


def _meant(sequence: str, delimiters: Mapping[str, str]) -> str | None:
    if sequence in delimiters:
        return delimiters[sequence]
    if sequence in _HIGHLIGHTING:
        return ""
    if sequence[:3] in _LINE_ENDS:
        return "\n"
    if sequence[:1] == "X":
        return _of_hexadecimal(sequence[1:])
    return None


def _of_hexadecimal(digits: str) -> str | None:
    # Of which charset the bytes are is not said; both usual ones are tried, and Latin-1 has every byte.
    try:
        octets = bytes.fromhex(digits) if digits.isalnum() else None
    except ValueError:
        return None
    if octets is None:
        return None
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
