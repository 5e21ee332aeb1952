"""A fact reaches the simulated phone, and the gateway's report comes back."""

from collections.abc import AsyncIterator

import pytest

from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.delivery.simulated_providers import (
    SimulatedProviders,
    simulated_providers,
)
from tests.integration.notifications.engine import ALIAS, Engine

pytestmark = pytest.mark.services


@pytest.fixture
async def providers(engine: Engine) -> AsyncIterator[SimulatedProviders]:
    async with simulated_providers(engine) as ready:
        rose = PersonHistory("Rose")
        await engine.state(rose.admit("stay", at=minutes(0)))
        await engine.enrol(rose.person_id)
        yield ready


async def _told(engine: Engine) -> list[tuple[str, str | None, str | None]]:
    return [(row["status"], row["channel"], row["evidence"]) for row in await engine.obligations()]


async def test_a_delivery_report_informs_and_the_link_opens_the_page(
    engine: Engine, providers: SimulatedProviders
) -> None:
    await providers.send("sms")
    await providers.reported(2)
    assert await _told(engine) == [("informed", "sms", "receipt")]
    (text,) = await providers.texts()
    link = next(word for word in text.split() if word.startswith("http"))
    page = await providers.client.get(link)
    assert page.status_code == 200
    assert f"{ALIAS} est en établissement depuis le lundi 2 mars" in page.text


async def test_a_message_that_the_network_lost_goes_by_email_at_once(
    engine: Engine, providers: SimulatedProviders
) -> None:
    await providers.script_sms(report="failed")
    await providers.send("sms")
    await providers.reported(2)
    await providers.send("sms")  # where it learns that its way goes on by e-mail
    await providers.send("email")
    assert await _told(engine) == [("informed", "email", "weak")]
    assert await providers.mails() == [f"Parcours : information concernant {ALIAS}"]


async def test_a_repeated_report_changes_nothing(engine: Engine, providers: SimulatedProviders) -> None:
    await providers.script_sms(report_copies=3)
    await providers.send("sms")
    await providers.reported(6)
    assert await _told(engine) == [("informed", "sms", "receipt")]
    assert len(await engine.outcomes()) == 1


async def test_a_gateway_that_never_answered_is_forgiven_when_its_report_comes(
    engine: Engine, providers: SimulatedProviders
) -> None:
    await providers.script_sms(hang=True)
    await providers.send("sms")
    await providers.reported(2)
    assert await _told(engine) == [("informed", "sms", "receipt")]
    await engine.after(minutes=5)
    await providers.send("sms")
    assert len(await providers.texts()) == 1


async def test_a_number_that_the_gateway_refuses_is_shown_as_bad_to_those_who_manage_the_circle(
    engine: Engine, providers: SimulatedProviders
) -> None:
    await providers.script_sms(refuse_status=400)
    await providers.send("sms")
    await providers.send("sms")  # where it learns that its way goes on by e-mail
    await providers.send("email")
    assert await _told(engine) == [("informed", "email", "weak")]
    states = await engine.pool.fetch("SELECT channel, state FROM contact_points ORDER BY channel")
    assert [tuple(row) for row in states] == [("email", "ok"), ("sms", "bad")]
