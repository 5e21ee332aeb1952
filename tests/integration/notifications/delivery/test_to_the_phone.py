"""A fact reaches the simulated phone, and the gateway's report comes back."""

from collections.abc import AsyncIterator

import pytest

from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.delivery.street import Street, opened_street
from tests.integration.notifications.desk import ALIAS, Desk

pytestmark = pytest.mark.services


@pytest.fixture
async def street(desk: Desk) -> AsyncIterator[Street]:
    async with opened_street(desk) as ready:
        rose = PersonHistory("Rose")
        await desk.state(rose.admit("stay", at=minutes(0)))
        await desk.enrol(rose.person_id)
        yield ready


async def _told(desk: Desk) -> list[tuple[str, str | None, str | None]]:
    return [(row["status"], row["channel"], row["evidence"]) for row in await desk.obligations()]


async def test_a_delivery_report_informs_and_the_link_opens_the_page(desk: Desk, street: Street) -> None:
    await street.send("sms")
    await street.reported(2)
    assert await _told(desk) == [("informed", "sms", "receipt")]
    (text,) = await street.texts()
    link = next(word for word in text.split() if word.startswith("http"))
    page = await street.client.get(link)
    assert page.status_code == 200
    assert f"{ALIAS} est en établissement depuis le lundi 2 mars" in page.text


async def test_a_message_that_the_network_lost_goes_by_email_at_once(desk: Desk, street: Street) -> None:
    await street.script_sms(report="failed")
    await street.send("sms")
    await street.reported(2)
    await street.send("sms")  # where it learns that its way goes on by e-mail
    await street.send("email")
    assert await _told(desk) == [("informed", "email", "weak")]
    assert await street.mails() == [f"Parcours : information concernant {ALIAS}"]


async def test_a_repeated_report_changes_nothing(desk: Desk, street: Street) -> None:
    await street.script_sms(report_copies=3)
    await street.send("sms")
    await street.reported(6)
    assert await _told(desk) == [("informed", "sms", "receipt")]
    assert len(await desk.outcomes()) == 1


async def test_a_gateway_that_never_answered_is_forgiven_when_its_report_comes(
    desk: Desk, street: Street
) -> None:
    await street.script_sms(hang=True)
    await street.send("sms")
    await street.reported(2)
    assert await _told(desk) == [("informed", "sms", "receipt")]
    await desk.after(minutes=5)
    await street.send("sms")
    assert len(await street.texts()) == 1


async def test_a_number_that_the_gateway_refuses_is_shown_as_bad_to_those_who_manage_the_circle(
    desk: Desk, street: Street
) -> None:
    await street.script_sms(refuse_status=400)
    await street.send("sms")
    await street.send("sms")  # where it learns that its way goes on by e-mail
    await street.send("email")
    assert await _told(desk) == [("informed", "email", "weak")]
    states = await desk.pool.fetch("SELECT channel, state FROM contact_points ORDER BY channel")
    assert [tuple(row) for row in states] == [("email", "ok"), ("sms", "bad")]
