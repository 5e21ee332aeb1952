"""Words the invitation that the owner of an address gets before any news: whose and why, nothing of care."""

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.wording import texts
from services.notifications.domain.wording.context import Rendered
from services.notifications.domain.wording.mail import MailWords, render_words
from services.notifications.domain.wording.sms import SEGMENT_SEPTETS, septets

_TEMPLATE = "invitation"


def invite(channel: ChannelName, *, link: str, phone: str) -> Rendered:
    """The question; it names nobody, since nobody knows yet who reads it."""
    if channel == "email":
        return render_words(
            _words(french=True, phone=phone),
            _words(french=False, phone=phone),
            subject=texts.INVITATION_SUBJECT,
            link=link,
            template=_TEMPLATE,
        )
    said = [pattern.format(link=link, phone=phone) for pattern in texts.INVITATION_SMS]
    fitting = (text for text in said if (septets(text) or SEGMENT_SEPTETS + 1) <= SEGMENT_SEPTETS)
    return Rendered(subject=None, text=next(fitting, said[-1]), html=None, template=_TEMPLATE)


def _words(*, french: bool, phone: str) -> MailWords:
    return MailWords(
        lead="",
        sentence=texts.INVITATION_FR if french else texts.INVITATION_EN,
        link=texts.INVITATION_LINK_FR if french else texts.INVITATION_LINK_EN,
        call=(texts.CALL_FR if french else texts.CALL_EN).format(phone=phone),
        footer=texts.FOOTER_FR if french else texts.FOOTER_EN,
    )
