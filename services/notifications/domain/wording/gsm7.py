"""Does a text fit one SMS? The GSM 03.38 default alphabet and its count (160 septets, one segment)."""

import unicodedata

SEGMENT_SEPTETS = 160

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Two septets each."""

APOSTROPHE = "\u2019"
"""The typographic one, which phones type by themselves."""

_REPLACED = str.maketrans({"œ": "oe", "Œ": "OE", APOSTROPHE: "'"})


def septets(text: str) -> int | None:
    """The length on the air; none when a character would turn the whole message into UCS-2."""
    if any(character not in BASIC and character not in EXTENDED for character in text):
        return None
    return sum(2 if character in EXTENDED else 1 for character in text)


def folded(text: str) -> str:
    """The same word with the accents that GSM-7 lacks left out: `Françoise` becomes `Francoise`."""
    composed = unicodedata.normalize("NFC", text).translate(_REPLACED)
    return "".join(c if c in BASIC or c in EXTENDED else _without_accent(c) for c in composed)


def _without_accent(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    return "".join(part for part in decomposed if not unicodedata.combining(part))
