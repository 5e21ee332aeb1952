"""How is one fact said to one recipient over one medium? From a context that has no room for a secret."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notifications.domain import gsm7, moments
from services.notifications.domain import wording_texts as texts
from services.notifications.domain.wording_mail import MailWords, plain_text, web_page

Kind = Literal[
    "admission.occurred",
    "transfer.departed",
    "transfer.arrived",
    "transfer.overdue",
    "discharge.occurred",
    "event.retracted",
]
Medium = Literal["sms", "email"]
Mood = Literal["plain", "changed", "retracted"]


@dataclass(frozen=True, kw_only=True)
class WordingContext:
    """All that a text may be made of: no name but the alias, no unit, no establishment, no diagnosis."""

    alias: str | None
    """What the carer calls the person; none when the reader is a professional."""
    occurred_at: datetime
    """When it happened, in the reader's time zone; for `transfer.overdue`, when the person left."""
    link: str
    phone: str
    correction_of: datetime | None = None
    """When the reader was told what this corrects, in their time zone: makes a fact a CHANGEMENT."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text ready to leave, and the template it came from (evidence that outlives the text)."""

    subject: str | None
    text: str
    html: str | None
    template: str


class NoWordingError(ValueError):
    """This fact has no text for this reader over this medium: nobody planned to say it."""


def render(kind: Kind, medium: Medium, context: WordingContext) -> Rendered:
    """The text for a carer (an alias is given) or a professional (none), plain, changed or retracted.

    An SMS is one GSM-7 segment whatever the alias and the link; it leaves out the link before the phone.
    """
    return _sms(kind, context) if medium == "sms" else _mail(kind, context)


def _mood(kind: Kind, context: WordingContext) -> Mood:
    if kind == "event.retracted":
        return "retracted"
    return "plain" if context.correction_of is None else "changed"


def _sms(kind: Kind, context: WordingContext) -> Rendered:
    if context.alias is None:
        raise NoWordingError("a professional is not told by SMS")
    mood = _mood(kind, context)
    sentence = "" if mood == "retracted" else _sentence(texts.CARER_SMS, kind)
    patterns = {
        "plain": texts.SMS_PLAIN,
        "changed": texts.SMS_CHANGED,
        "retracted": texts.SMS_RETRACTED,
    }[mood]
    alias = gsm7.folded(context.alias)
    fields = {
        "alias": alias,
        "sentence": sentence.format(alias=alias, when=moments.short(context.occurred_at)),
        "told": moments.short(context.correction_of or context.occurred_at),
        "link": context.link,
        "phone": context.phone,
    }
    for pattern in patterns:
        text = pattern.format_map(fields)
        length = gsm7.septets(text)
        if length is not None and length <= gsm7.SEGMENT_SEPTETS:
            return Rendered(
                subject=None, text=text, html=None, template=_named(kind, "sms", mood, sentence, pattern)
            )
    raise NoWordingError("no variant of this SMS fits one segment")


def _mail(kind: Kind, context: WordingContext) -> Rendered:
    mood = _mood(kind, context)
    carer = context.alias is not None
    sentences = (texts.CARER_FR, texts.CARER_EN) if carer else (texts.PROFESSIONAL_FR, texts.PROFESSIONAL_EN)
    french, english = ("" if mood == "retracted" else _sentence(known, kind) for known in sentences)
    fr = _words(french, context, mood, french_reader=True)
    en = _words(english, context, mood, french_reader=False)
    subject = texts.MAIL_SUBJECT[mood].format(about=context.alias or texts.ABOUT_FR)
    return Rendered(
        subject=subject,
        text=plain_text(fr, en, link=context.link),
        html=web_page(fr, en, subject=subject, link=context.link),
        template=_named(kind, "carer-email" if carer else "professional-email", mood, french, english),
    )


def _words(sentence: str, context: WordingContext, mood: Mood, *, french_reader: bool) -> MailWords:
    say = moments.french if french_reader else moments.english
    leads = texts.LEAD_FR if french_reader else texts.LEAD_EN
    fields = {
        "alias": context.alias,
        "about": context.alias or (texts.ABOUT_FR if french_reader else texts.ABOUT_EN),
        "when": say(context.occurred_at),
        "told": say(context.correction_of or context.occurred_at),
        "phone": context.phone,
    }
    return MailWords(
        lead=leads.get(mood, "").format_map(fields),
        sentence=sentence.format_map(fields),
        link=texts.LINK_FR if french_reader else texts.LINK_EN,
        call=(texts.CALL_FR if french_reader else texts.CALL_EN).format_map(fields),
        footer=texts.FOOTER_FR if french_reader else texts.FOOTER_EN,
    )


def _sentence(known: dict[str, str], kind: Kind) -> str:
    if kind not in known:
        raise NoWordingError("this fact is not told to this reader")
    return known[kind]


def _named(kind: Kind, reader: str, mood: Mood, *sources: str) -> str:
    digest = hashlib.sha256("\n".join(sources).encode()).hexdigest()
    return f"{kind}/{reader}/{mood}@{digest[:12]}"
