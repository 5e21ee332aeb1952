"""Renders SMS of one segment: 160 septets in the GSM 03.38 default alphabet."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.notifications.domain.obligations.catalogue import Variant, fact_of, variant_of
from services.notifications.domain.wording import texts
from services.notifications.domain.wording.context import (
    TEXTS_DIGEST,
    NoWordingError,
    Rendered,
    WordingContext,
)

SEGMENT_SEPTETS: Final = 160

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""Two septets each."""

APOSTROPHE: Final = "\u2019"
"""The typographic one, which phones type by themselves."""

_REPLACED: Final = str.maketrans({"œ": "oe", "Œ": "OE", APOSTROPHE: "'"})


def render(kind: str, context: WordingContext) -> Rendered:
    """The text of a kind, of its correction or of its retraction; raises `NoWordingError`.

    One GSM-7 segment whatever the alias and the link; it leaves out the link before the phone.
    """
    if context.recipient == "professional":
        raise NoWordingError("a professional is not told by SMS")
    said = texts.CARER_SMS.get(fact_of(kind))
    if said is None:
        raise NoWordingError("this fact is not told to this recipient")
    alias = folded(context.alias or "")
    fields = {
        "alias": alias,
        "sentence": said.format(alias=alias, when=moment(context.occurred_at)),
        "told": moment(context.corrects_sent_at or context.occurred_at),
        "link": context.link,
        "phone": context.phone,
    }
    discreet = context.alias is None
    pattern = _longest_that_fits(_patterns(variant_of(kind), discreet=discreet), fields)
    recipient = "carer-discreet" if discreet else "carer"
    return Rendered(
        subject=None,
        text=pattern.format_map(fields),
        html=None,
        template=f"{kind}/{recipient}-sms@{TEXTS_DIGEST}",
    )


def moment(at: datetime) -> str:
    """`23/11 à 14h05`: GSM-7 only; `at` is in the recipient's time zone."""
    return f"{at:%d/%m} à {at:%Hh%M}"


def septets(text: str) -> int | None:
    """The length as sent; `None` when a character would turn the whole message into UCS-2."""
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


def _patterns(variant: Variant, *, discreet: bool) -> Sequence[str]:
    if discreet:
        return texts.SMS_DISCREET[variant]
    return {
        "plain": texts.SMS_PLAIN,
        "corrected": texts.SMS_CORRECTED,
        "retracted": texts.SMS_RETRACTED,
    }[variant]


def _longest_that_fits(patterns: Sequence[str], fields: Mapping[str, str]) -> str:
    for pattern in patterns:
        length = septets(pattern.format_map(fields))
        if length is not None and length <= SEGMENT_SEPTETS:
            return pattern
    raise NoWordingError("no variant of this SMS fits one segment")
