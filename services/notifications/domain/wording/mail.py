"""What does an e-mail look like? French first, then English, as plain text and as accessible HTML."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, kw_only=True)
class MailWords:
    """The parts of one language."""

    lead: str
    """What this message corrects; empty when nothing."""
    sentence: str
    """The fact; empty in a retraction."""
    link: str
    call: str
    footer: str


def plain_text(fr: MailWords, en: MailWords, *, link: str) -> str:
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


def web_page(fr: MailWords, en: MailWords, *, subject: str, link: str) -> str:
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
