"""The message that the guide shows is taken as it is, and its answers are those that the door gives."""

import re

from deploy.local.places import PROJECT
from services.admission.api.hl7v2.door import take_message
from tests.integration.admission.hl7v2.door import codes
from tests.unit.admission.api.test_hl7v2_door import SOURCE, opened_door

GUIDE = (PROJECT / "docs/guides/connect-your-software.md").read_text(encoding="utf-8")


async def test_the_message_of_the_guide_is_accepted() -> None:
    (message,) = re.findall(r"<<'END'\n(.*?)^END$", GUIDE, re.MULTILINE | re.DOTALL)
    async with opened_door() as door:
        taken = await take_message(door, message.encode(), source=SOURCE)
    assert (codes(taken.raw), taken.answer.findings) == (["AA"], ())
