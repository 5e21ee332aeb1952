"""An invitation is one SMS, or a mail in two languages, and says nothing of anybody."""

import pytest

from services.notifications.domain.wording.invitation import invite
from services.notifications.domain.wording.sms import SEGMENT_SEPTETS, septets

PHONE = "05 36 49 00 00"


@pytest.mark.parametrize("host", ["p.exemple.fr", "127.0.0.1:8103", "parcours.un-etablissement.exemple.fr"])
def test_an_invitation_by_sms_is_one_segment_with_its_link(host: str) -> None:
    link = f"https://{host}/i/aBcDeFgHiJk"
    said = invite("sms", link=link, phone=PHONE).text
    assert (septets(said) or SEGMENT_SEPTETS + 1) <= SEGMENT_SEPTETS
    assert link in said
    assert said.index("Accepter") < said.index("Accept or refuse")


def test_an_invitation_by_mail_is_french_then_english_and_says_that_nothing_comes_unasked() -> None:
    said = invite("email", link="https://p.exemple.fr/i/x", phone=PHONE)
    assert said.html is not None
    assert said.text.index("tant que vous n'aurez pas accepté") < said.text.index("unless you accept")
    words = f"{said.subject} {said.text}".casefold()
    assert [word for word in ("établissement", "hôpital", "hospital", "ehpad", "soin") if word in words] == []
