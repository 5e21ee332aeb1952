"""Renders the text of a message or of the carer page for one reader over one medium."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.notifications.domain.circle.members import Medium, Role
from services.notifications.domain.obligations.catalogue import fact_of, is_corrected, is_retracted
from services.notifications.domain.wording import gsm7, texts
from services.notifications.domain.wording.mail import MailWords, plain_text, web_page

_DAYS_FR = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
_MONTHS_FR = [
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
]
_DAYS_EN = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS_EN = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def short_moment(moment: datetime) -> str:
    """`23/11 à 14h05`: for an SMS, GSM-7 only."""
    return f"{moment:%d/%m} à {moment:%Hh%M}"


def french_moment(moment: datetime) -> str:
    """`lundi 23 novembre à 14h05`."""
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"{_DAYS_FR[moment.weekday()]} {day} {_MONTHS_FR[moment.month - 1]} à {moment:%Hh%M}"


def english_moment(moment: datetime) -> str:
    """`Monday 23 November at 14:05`."""
    month = _MONTHS_EN[moment.month - 1]
    return f"{_DAYS_EN[moment.weekday()]} {moment.day} {month} at {moment:%H:%M}"


Mood = Literal["plain", "corrected", "retracted"]
Language = Literal["fr", "en"]

_ALL_TEXTS = sorted((name, repr(text)) for name, text in vars(texts).items() if name.isupper())
_TEXTS_DIGEST = hashlib.sha256(repr(_ALL_TEXTS).encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class WordingContext:
    """All that a text may be made of: no name but the alias, no unit, no establishment, no diagnosis."""

    reader: Role
    alias: str | None
    """What the carer calls the person; none for a professional, and for a carer who chose discretion."""
    occurred_at: datetime
    """When it happened, in the reader's time zone; for `transfer.overdue`, when the person left."""
    link: str
    phone: str
    correction_of: datetime | None = None
    """When the reader was told what this corrects or retracts, in their time zone."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text ready to leave, and the template it came from (evidence that outlives the text)."""

    subject: str | None
    text: str
    html: str | None
    template: str


class NoWordingError(ValueError):
    """This fact has no text for this reader over this medium: nobody planned to say it."""


def render(kind: str, medium: Medium, context: WordingContext) -> Rendered:
    """The text of a kind, of its correction or of its retraction; raises `NoWordingError`.

    An SMS is one GSM-7 segment whatever the alias and the link; it leaves out the link before the phone.
    """
    return _sms(kind, context) if medium == "sms" else _mail(kind, context)


def sentence(kind: str, context: WordingContext, *, language: Language) -> str:
    """The fact alone, as the page says it: true or not, without a word on corrections."""
    known = {
        ("fr", True): texts.CARER_FR,
        ("en", True): texts.CARER_EN,
        ("fr", False): texts.PROFESSIONAL_FR,
        ("en", False): texts.PROFESSIONAL_EN,
    }[language, context.alias is not None]
    say = french_moment if language == "fr" else english_moment
    return _of(known, kind).format(alias=context.alias, when=say(context.occurred_at))


def _mood(kind: str) -> Mood:
    if is_retracted(kind):
        return "retracted"
    return "corrected" if is_corrected(kind) else "plain"


def _sms(kind: str, context: WordingContext) -> Rendered:
    if context.reader == "professional":
        raise NoWordingError("a professional is not told by SMS")
    mood = _mood(kind)
    said = _of(texts.CARER_SMS, kind)
    alias = gsm7.folded(context.alias or "")
    told = context.correction_of or context.occurred_at
    fields = {
        "alias": alias,
        "sentence": said.format(alias=alias, when=short_moment(context.occurred_at)),
        "told": short_moment(told),
        "link": context.link,
        "phone": context.phone,
    }
    discreet = context.alias is None
    pattern = _longest_that_fits(_sms_patterns(mood, discreet=discreet), fields)
    reader = "carer-discreet" if discreet else "carer"
    return Rendered(
        subject=None,
        text=pattern.format_map(fields),
        html=None,
        template=_named(kind, f"{reader}-sms"),
    )


def _sms_patterns(mood: Mood, *, discreet: bool) -> Sequence[str]:
    if discreet:
        return texts.SMS_DISCREET[mood]
    return {
        "plain": texts.SMS_PLAIN,
        "corrected": texts.SMS_CORRECTED,
        "retracted": texts.SMS_RETRACTED,
    }[mood]


def _longest_that_fits(patterns: Sequence[str], fields: Mapping[str, str]) -> str:
    for pattern in patterns:
        length = gsm7.septets(pattern.format_map(fields))
        if length is not None and length <= gsm7.SEGMENT_SEPTETS:
            return pattern
    raise NoWordingError("no variant of this SMS fits one segment")


def _mail(kind: str, context: WordingContext) -> Rendered:
    mood = _mood(kind)
    fr = _words(kind, context, mood, "fr")
    en = _words(kind, context, mood, "en")
    subject = _subject(kind, context, mood)
    return Rendered(
        subject=subject,
        text=plain_text(fr, en, link=context.link),
        html=web_page(fr, en, subject=subject, link=context.link),
        template=_named(kind, f"{context.reader}-email"),
    )


def _subject(kind: str, context: WordingContext, mood: Mood) -> str:
    if context.reader == "professional":
        return texts.PROFESSIONAL_MOOD[mood].format(subject=_of(texts.PROFESSIONAL_SUBJECT, kind))
    return texts.MAIL_SUBJECT[mood].format(about=context.alias or texts.ABOUT_FR)


def _words(kind: str, context: WordingContext, mood: Mood, language: Language) -> MailWords:
    french = language == "fr"
    say = french_moment if french else english_moment
    leads = texts.LEAD_FR if french else texts.LEAD_EN
    discreet = context.reader == "carer" and context.alias is None
    if mood == "retracted":
        said = ""
    elif discreet:
        said = texts.DISCREET_FR if french else texts.DISCREET_EN
    else:
        said = sentence(kind, context, language=language)
    fields = {
        "about": context.alias or (texts.ABOUT_FR if french else texts.ABOUT_EN),
        "told": say(context.correction_of or context.occurred_at),
        "phone": context.phone,
    }
    return MailWords(
        lead=leads.get(mood, "").format_map(fields),
        sentence=said,
        link=texts.LINK_FR if french else texts.LINK_EN,
        call=(texts.CALL_FR if french else texts.CALL_EN).format_map(fields),
        footer=texts.FOOTER_FR if french else texts.FOOTER_EN,
    )


def _of(known: Mapping[str, str], kind: str) -> str:
    fact = fact_of(kind)
    if fact not in known:
        raise NoWordingError("this fact is not told to this reader")
    return known[fact]


def _named(kind: str, reader: str) -> str:
    return f"{kind}/{reader}@{_TEXTS_DIGEST}"
