"""Renders SMS of one segment: 160 septets in the GSM 03.38 default alphabet."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.notifications.domain.obligations.catalogue import Mood, fact_of, mood_of, retracted
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
    said = (texts.CARER_SMS_PRESENT if context.present else texts.CARER_SMS).get(fact_of(kind))
    if said is None:
        raise NoWordingError("this fact is not told to this recipient")
    now = texts.NOW_SMS.get((fact_of(kind), context.present), "")
    alias = folded(context.alias or "")
    fields = {
        "alias": alias,
        "sentence": said.format(alias=alias, when=moment(context.occurred_at, context)),
        "told": moment(context.corrects_sent_at or context.occurred_at, context),
        "now": now.format(alias=alias),
        "link": context.link,
        "phone": context.phone,
    }
    discreet = context.alias is None
    patterns = _patterns(mood_of(kind, late=context.late), discreet=discreet, says_now=bool(now))
    if kind == retracted("person.merged") and not discreet:
        patterns = texts.SMS_MISTAKEN if now else texts.SMS_MISTAKEN[-1:]
    pattern = _longest_that_fits(patterns, fields)
    recipient = "carer-discreet" if discreet else "carer"
    return Rendered(
        subject=None,
        text=pattern.format_map(fields),
        html=None,
        template=f"{kind}/{recipient}-sms@{TEXTS_DIGEST}",
    )


def moment(at: datetime, context: WordingContext) -> str:
    """`23/11 à 14h05`, `23/11/2025 à 14h05`: GSM-7 only; `at` is in the recipient's time zone."""
    year = f"/{at.year:04}" if context.sent_at and context.sent_at.year != at.year else ""
    return f"{at:%d/%m}{year} à {at:%Hh%M}"


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


def _patterns(mood: Mood, *, discreet: bool, says_now: bool) -> Sequence[str]:
    if discreet:
        return texts.SMS_DISCREET[mood]
    if mood == "retracted" and says_now:
        return (*texts.SMS_RETRACTED_NOW, *texts.SMS_RETRACTED)
    return {
        "plain": texts.SMS_PLAIN,
        "late": texts.SMS_LATE,
        "corrected": texts.SMS_CORRECTED,
        "retracted": texts.SMS_RETRACTED,
    }[mood]


def _longest_that_fits(patterns: Sequence[str], fields: Mapping[str, str]) -> str:
    for pattern in patterns:
        length = septets(pattern.format_map(fields))
        if length is not None and length <= SEGMENT_SEPTETS:
            return pattern
    raise NoWordingError("no variant of this SMS fits one segment")
