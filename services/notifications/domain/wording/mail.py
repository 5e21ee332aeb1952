"""Renders e-mails, French first, then English, as text and accessible HTML; and sentences of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from services.notifications.domain.obligations.catalogue import Mood, fact_of, mood_of
from services.notifications.domain.wording import texts
from services.notifications.domain.wording.context import (
    TEXTS_DIGEST,
    Language,
    NoWordingError,
    Rendered,
    WordingContext,
)

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


@dataclass(frozen=True, kw_only=True)
class MailWords:
    """The parts of an e-mail in one language."""

    lead: str
    """What this message corrects; empty when nothing."""
    sentence: str
    """The fact; in a retraction what is true now, if that is known."""
    link: str
    call: str
    footer: str


def render(kind: str, context: WordingContext) -> Rendered:
    """The text of a kind, of its correction or of its retraction; raises `NoWordingError`."""
    mood = mood_of(kind, late=context.late)
    fr, en = _words(kind, context, mood, "fr"), _words(kind, context, mood, "en")
    return render_words(
        fr,
        en,
        subject=_subject(kind, context, mood),
        link=context.link,
        template=f"{kind}/{context.recipient}-email",
    )


def render_words(fr: MailWords, en: MailWords, *, subject: str, link: str, template: str) -> Rendered:
    """An e-mail of these words."""
    return Rendered(
        subject=subject,
        text=_plain_text(fr, en, link=link),
        html=_web_page(fr, en, subject=subject, link=link),
        template=f"{template}@{TEXTS_DIGEST}",
    )


def sentence(kind: str, context: WordingContext, *, language: Language) -> str:
    """The fact alone, as the carer page says it: true or not, without a word on corrections."""
    known = {
        ("fr", True): texts.CARER_FR,
        ("en", True): texts.CARER_EN,
        ("fr", False): texts.PROFESSIONAL_FR,
        ("en", False): texts.PROFESSIONAL_EN,
    }[language, context.alias is not None]
    if context.present and context.alias is not None:
        known = {**known, **(texts.CARER_FR_PRESENT if language == "fr" else texts.CARER_EN_PRESENT)}
    when = moment(context.occurred_at, language, context=context)
    return _phrase(known, kind).format(alias=context.alias, when=when)


def moment(at: datetime, language: Language, *, context: WordingContext) -> str:
    """`lundi 23 novembre à 14h05`, `Monday 23 November at 14:05`; `at` is in the recipient's time zone."""
    year = f" {at.year}" if context.sent_at and context.sent_at.year != at.year else ""
    if language == "en":
        return f"{_DAYS_EN[at.weekday()]} {at.day} {_MONTHS_EN[at.month - 1]}{year} at {at:%H:%M}"
    day = "1er" if at.day == 1 else str(at.day)
    return f"{_DAYS_FR[at.weekday()]} {day} {_MONTHS_FR[at.month - 1]}{year} à {at:%Hh%M}"


def _subject(kind: str, context: WordingContext, mood: Mood) -> str:
    if context.recipient == "professional":
        return texts.PROFESSIONAL_MOOD[mood].format(subject=_phrase(texts.PROFESSIONAL_SUBJECT, kind))
    return texts.MAIL_SUBJECT[mood].format(about=context.alias or texts.ABOUT_FR)


def _words(kind: str, context: WordingContext, mood: Mood, language: Language) -> MailWords:
    french = language == "fr"
    leads = texts.LEAD_FR if french else texts.LEAD_EN
    discreet = context.recipient == "carer" and context.alias is None
    if mood == "retracted":
        said = "" if discreet else _true_now(kind, context, language)
    elif discreet:
        said = texts.DISCREET_FR if french else texts.DISCREET_EN
    else:
        said = sentence(kind, context, language=language)
    fields = {
        "about": context.alias or (texts.ABOUT_FR if french else texts.ABOUT_EN),
        "told": moment(context.corrects_sent_at or context.occurred_at, language, context=context),
        "phone": context.phone,
    }
    return MailWords(
        lead=leads.get(mood, "").format_map(fields),
        sentence=said,
        link=texts.LINK_FR if french else texts.LINK_EN,
        call=(texts.CALL_FR if french else texts.CALL_EN).format_map(fields),
        footer=texts.FOOTER_FR if french else texts.FOOTER_EN,
    )


def _true_now(kind: str, context: WordingContext, language: Language) -> str:
    mistaken = sentence(kind, context, language=language) if fact_of(kind) == "person.merged" else ""
    if context.recipient == "professional":
        return mistaken
    known = texts.NOW_FR if language == "fr" else texts.NOW_EN
    now = known.get((fact_of(kind), context.present), "").format(alias=context.alias)
    return f"{mistaken} {now}".strip()


def _phrase(known: Mapping[str, str], kind: str) -> str:
    phrase = known.get(fact_of(kind))
    if phrase is None:
        raise NoWordingError("this fact is not told to this recipient")
    return phrase


def _plain_text(fr: MailWords, en: MailWords, *, link: str) -> str:
    return "\n\n-- English --\n\n".join(_plain(words, link) for words in (fr, en)) + "\n"


def _plain(words: MailWords, link: str) -> str:
    parts = (words.lead, words.sentence, f"{words.link} : {link}", words.call, words.footer)
    return "\n\n".join(part for part in parts if part)


# Colours: #1f2933 on #ffffff is 14.8:1, #ffffff on #0b5a6b is 7.6:1, #4a5560 on #ffffff is 7.6:1 (WCAG AAA).
_PAGE = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<title>{subject}</title></head>
<body style="margin:0;padding:0;background:#eef2f4;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#eef2f4;">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
style="max-width:560px;background:#ffffff;border-radius:8px;\
font-family:Arial,Helvetica,sans-serif;color:#1f2933;">
<tr><td style="padding:20px 28px 0;font-size:15px;font-weight:bold;color:#0b5a6b;">Parcours</td></tr>
<tr><td lang="fr" style="padding:8px 28px 24px;">{fr}</td></tr>
<tr><td lang="en" style="padding:20px 28px 28px;border-top:1px solid #d5dce1;">{en}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""

_LEAD = '<p style="margin:12px 0;font-size:17px;line-height:1.5;font-weight:bold;">{}</p>\n'
_SENTENCE = '<p style="margin:12px 0;font-size:20px;line-height:1.4;">{}</p>\n'
_LINK = (
    '<p style="margin:20px 0;"><a href="{}" style="display:inline-block;padding:12px 22px;background:#0b5a6b;'
    'color:#ffffff;font-size:16px;border-radius:6px;text-decoration:none;">{}</a></p>\n'
)
_CALL = '<p style="margin:12px 0;font-size:16px;line-height:1.5;">{}</p>\n'
_FOOTER = '<p style="margin:20px 0 0;font-size:13px;line-height:1.5;color:#4a5560;">{}</p>\n'


def _web_page(fr: MailWords, en: MailWords, *, subject: str, link: str) -> str:
    """No image, no remote asset, no script: what a mail reader blocks, the text does not need."""
    return _PAGE.format(subject=escape(subject), fr=_section(fr, link), en=_section(en, link))


def _section(words: MailWords, link: str) -> str:
    lead = _LEAD.format(escape(words.lead)) if words.lead else ""
    sentence = _SENTENCE.format(escape(words.sentence)) if words.sentence else ""
    return (
        lead
        + sentence
        + _LINK.format(escape(link), escape(words.link))
        + _CALL.format(escape(words.call))
        + _FOOTER.format(escape(words.footer))
    )
