"""Nobody gets news at an address before its owner accepted: whoever may declare one need not own it."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest

from services.notifications.channels.channel import RejectedPermanently, RejectedTemporarily
from services.notifications.domain.circle.invitations import (
    LINK_LIVES,
    PER_ADDRESS,
    PER_ADDRESS_AND_DECLARER,
    REMINDED_AFTER,
    TIMES_ASKED,
)
from services.notifications.handlers.circle.invite import send_invitations
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory
from tests.integration.notifications.engine import MORNING
from tests.security.circle.conftest import CARER, Scene

pytestmark = pytest.mark.services

LINK: Final = re.compile(r"https://p\.exemple\.fr(/i/[\w-]{11})")
SON: Final = "circle/carers/son"
OTHER: Final = {**CARER, "channels": [{"medium": "sms", "address": "06 39 98 00 02"}]}


@pytest.fixture
async def asking(scene: Scene) -> Scene:
    """A son is declared beside the daughter, at a telephone that he may not own."""
    await scene.engine.turn()
    scene.engine.sms.messages.clear()
    scene.ask_owners()
    assert (await scene.ask("PUT", SON, HOSPITAL, OTHER)).status_code == 201
    await scene.engine.turn()
    return scene


async def _answer(scene: Scene, message: Any, answer: str) -> Any:
    found = LINK.search(message.text)
    assert found is not None
    assert (await scene.client.get(found[1])).status_code == 200
    return await scene.client.post(found[1], data={"answer": answer})


async def _state(scene: Scene, member: str = SON) -> str:
    return str((await scene.ask("GET", member, HOSPITAL)).json()["channels"][0]["state"])


async def test_news_waits_for_the_owner_who_is_asked_once_and_is_told_as_soon_as_they_accept(
    asking: Scene,
) -> None:
    engine = asking.engine
    (asked,) = engine.sms.messages
    assert asked.to == "+33639980002"
    assert "Maman" not in asked.text
    assert await _state(asking) == "unproven"
    assert (await asking.ask("PUT", SON, HOSPITAL, OTHER)).status_code == 200
    await engine.after(hours=1)
    assert engine.sms.messages == [asked]
    (waiting,) = await engine.obligations(status="due")
    assert waiting["next_action_at"] == waiting["expires_at"]

    assert (await _answer(asking, asked, "perhaps")).status_code == 422
    page = await _answer(asking, asked, "accepted")
    assert page.status_code == 200
    assert "Vous avez accepté" in page.text
    assert page.text.index("Vous avez") < page.text.index("You accepted")
    await engine.turn()
    assert "Maman est en établissement" in engine.sms.messages[-1].text
    assert await _state(asking) == "ok"


async def test_what_nobody_accepted_ends_as_unproven_and_is_work_for_a_person(asking: Scene) -> None:
    await asking.engine.after(days=1)
    (expired,) = await asking.engine.obligations(reason="unproven")
    assert expired["status"] == "expired"
    task = "SELECT reason FROM human_tasks WHERE obligation_id = $1"
    assert await asking.engine.pool.fetchval(task, expired["obligation_id"]) == "unproven"
    assert "unproven" in {each.reason for each in await asking.engine.outcomes()}


async def test_once_nobody_can_accept_any_more_a_person_is_asked_at_once(asking: Scene) -> None:
    engine = asking.engine
    refused = {**CARER, "channels": [{"medium": "sms", "address": "06 39 98 00 03"}]}
    engine.sms.results.append(RejectedPermanently("no such number", contact_is_bad=True))
    assert (await asking.ask("PUT", "circle/carers/nephew", HOSPITAL, refused)).status_code == 201
    await engine.turn()
    assert await _state(asking, "circle/carers/nephew") == "bad"
    assert [each["status"] for each in await engine.obligations(reason="no_contact")] == ["expired"]

    await engine.after(seconds=(LINK_LIVES + timedelta(hours=1)).total_seconds())
    moved = asking.rose.discharge("stay", at=engine.now - timedelta(minutes=30))
    await engine.state(moved)
    await engine.turn()
    assert [each["status"] for each in await engine.obligations(reason="unproven", event_id=moved.event_id)]


async def test_nobody_is_asked_at_night_however_late_their_turn_comes(asking: Scene) -> None:
    engine = asking.engine
    engine.now = MORNING + timedelta(hours=12)  # in Paris it is 22:00
    later = {**CARER, "channels": [{"medium": "sms", "address": "06 39 98 00 03"}]}
    await asking.ask("PUT", "circle/carers/nephew", HOSPITAL, later)
    await engine.pool.execute("UPDATE invitations SET next_at = $1 WHERE sent = 0", engine.now)
    await engine.turn()
    assert len(engine.sms.messages) == 1
    await engine.after(hours=10)
    assert engine.sms.messages[-1].to == "+33639980003"


async def test_who_refuses_is_asked_no_more_and_told_nothing_whoever_declares_them(asking: Scene) -> None:
    engine = asking.engine
    await _answer(asking, engine.sms.messages[-1], "refused")
    assert await _state(asking) == "stopped"
    await asking.ask("DELETE", SON, HOSPITAL)
    await asking.ask("PUT", "circle/carers/nephew", HOSPITAL, OTHER)
    await engine.after(days=3)
    assert len(engine.sms.messages) == 1
    assert await _state(asking, "circle/carers/nephew") == "stopped"
    link = LINK.search(engine.sms.messages[0].text)
    assert link is not None
    assert (await asking.client.post(link[1], json={"answer": "accepted"})).status_code == 404


async def test_another_address_is_asked_anew_and_the_old_link_opens_nothing(asking: Scene) -> None:
    engine = asking.engine
    (first,) = engine.sms.messages
    await _answer(asking, first, "accepted")
    await engine.turn()
    elsewhere = {**CARER, "channels": [{"medium": "sms", "address": "06 39 98 00 03"}]}
    await asking.ask("PUT", SON, HOSPITAL, elsewhere)
    await engine.turn()
    assert engine.sms.messages[-1].to == "+33639980003"
    assert LINK.search(engine.sms.messages[-1].text) is not None
    assert await _state(asking) == "unproven"
    assert (await _gone(asking, first)).status_code == 404


async def test_the_owner_is_reminded_once_and_the_link_ends(asking: Scene) -> None:
    engine = asking.engine
    for _ in range(TIMES_ASKED):
        await engine.after(seconds=REMINDED_AFTER.total_seconds())
    assert len(engine.sms.messages) == TIMES_ASKED
    assert engine.sms.messages[0].text == engine.sms.messages[1].text
    await engine.after(seconds=LINK_LIVES.total_seconds())
    assert (await _gone(asking, engine.sms.messages[0])).status_code == 404
    await asking.ask("PUT", SON, HOSPITAL, OTHER)
    await engine.turn()
    assert len(engine.sms.messages) == TIMES_ASKED + 1
    assert len({each.obligation_id for each in engine.sms.messages}) == TIMES_ASKED + 1


async def test_one_address_is_asked_five_times_a_week_and_no_establishment_takes_all(asking: Scene) -> None:
    engine = asking.engine
    engine.sms.results.append(RejectedTemporarily("away"))
    for number in range(2 * PER_ADDRESS + 2):
        person, by = PersonHistory(f"person {number}"), HOSPITAL if number < PER_ADDRESS + 2 else NURSING_HOME
        await engine.state(person.admit("stay", at=MORNING - timedelta(hours=1), establishment=by))
        await asking.ask("PUT", SON, by, OTHER, of=person.person_id)
        if number == PER_ADDRESS + 1:
            await _later(asking, turns=3)
            taken = 1  # what the gateway did not take was no message
            assert len(engine.sms.messages) == PER_ADDRESS_AND_DECLARER + taken
    await _later(asking, turns=3)
    assert len(engine.sms.messages) == PER_ADDRESS + taken


async def _later(scene: Scene, *, turns: int) -> None:
    for _ in range(turns):
        await send_invitations(scene.engine.dependencies)
        scene.engine.now += timedelta(minutes=6)


async def test_nobody_is_reminded_of_who_has_died_meanwhile(asking: Scene) -> None:
    engine = asking.engine
    died = asking.rose.discharge("stay", at=engine.now, mode="death")
    await engine.state(died)
    await engine.after(seconds=REMINDED_AFTER.total_seconds())
    assert len(engine.sms.messages) == 1
    await engine.state(asking.rose.cancel(died))
    await engine.after(days=1)
    assert "Accept" in engine.sms.messages[-1].text


async def test_who_was_declared_before_owners_were_asked_is_told_as_before(scene: Scene) -> None:
    scene.ask_owners()
    assert (await scene.ask("PUT", "circle/carers/daughter", HOSPITAL, CARER)).status_code == 200
    await scene.engine.turn()
    (told,) = scene.engine.sms.messages
    assert "Maman est en établissement" in told.text


async def _gone(scene: Scene, message: Any) -> Any:
    found = LINK.search(message.text)
    assert found is not None
    return await scene.client.get(found[1])
