"""Open obligations when facts are corrected, rights end, or a person dies."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.notifications.channels.channel import RejectedTemporarily
from services.notifications.handlers.delivery.dispatch import dispatch, record_delivery_report
from services.notifications.handlers.obligations.event_outcome import event_outcome
from shared.events.admission import Place
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.desk import Desk, carer

pytestmark = pytest.mark.services

NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
FIVE_IN_THE_EVENING = minutes(13 * 60)


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def _delivered(desk: Desk) -> None:
    await desk.turn()
    for message in desk.sms.messages:
        await record_delivery_report(
            desk.dependencies, attempt_id=message.attempt_id, provider_id=None, state="delivered"
        )


async def test_a_carer_sleeps_until_half_past_seven(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=FIVE_IN_THE_EVENING))
    desk.now = NIGHT
    await desk.enrol(rose.person_id)
    await desk.turn()
    (held,) = await desk.obligations()
    assert (held["status"], held["next_action_at"]) == ("scheduled", datetime(2026, 3, 3, 6, 30, tzinfo=UTC))
    await desk.after(hours=7, minutes=59)
    assert desk.sms.messages == []
    await desk.after(minutes=2)
    assert len(desk.sms.messages) == 1


async def test_a_carer_who_may_be_woken_is_told_at_once_also_when_they_say_so_later(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.state(rose.admit("stay", at=FIVE_IN_THE_EVENING))
    desk.now = NIGHT
    carer_id = await desk.enrol(rose.person_id)
    await desk.turn()
    assert desk.sms.messages == []
    await desk.enrol(rose.person_id, carer(night=True), carer_id=carer_id)
    await desk.turn()
    assert len(desk.sms.messages) == 1


async def test_a_fact_that_is_retracted_while_held_is_never_told(desk: Desk, rose: PersonHistory) -> None:
    admission = rose.admit("stay", at=FIVE_IN_THE_EVENING)
    await desk.state(admission)
    desk.now = NIGHT
    await desk.enrol(rose.person_id)
    await desk.state(rose.cancel(admission))
    await desk.after(hours=10)
    assert desk.sms.messages == []
    assert await desk.ends() == {
        "admission.occurred": ("superseded", "newer_version"),
        "admission.occurred.retracted": ("suppressed", "nothing_to_correct"),
    }


async def test_a_fact_that_was_told_is_retracted_by_the_channel_that_told_it(
    desk: Desk, rose: PersonHistory
) -> None:
    desk.sms.results.extend([RejectedTemporarily("status 503")] * 3)
    admission = rose.admit("stay", at=minutes(0))
    await desk.state(admission)
    await desk.enrol(rose.person_id)
    await desk.turn()
    await desk.after(minutes=2)
    await desk.after(minutes=12)
    assert len(desk.email.messages) == 1
    sms = len(desk.sms.messages)
    await desk.state(rose.cancel(admission))
    await desk.turn()
    assert len(desk.sms.messages) == sms
    assert "ERREUR" in desk.email.messages[1].text
    assert (await desk.ends())["admission.occurred.retracted"] == ("informed", None)


async def test_a_changed_time_is_told_as_a_change_to_who_was_told_and_once_to_who_was_not(
    desk: Desk, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await desk.state(admission)
    await desk.enrol(rose.person_id)
    await _delivered(desk)
    desk.sms.results.append(RejectedTemporarily("status 503"))
    later = rose.update(admission, emitted=minutes(30), occurred_at=minutes(-45))
    await desk.state(later)
    await desk.enrol(rose.person_id, carer("email"))
    await desk.after(minutes=3)
    assert "CHANGEMENT" in desk.sms.messages[-1].text
    (newcomer,) = desk.email.messages
    assert "CHANGEMENT" not in newcomer.text
    told = await desk.obligations(kind="admission.occurred.corrected")
    assert sorted((row["status"], row["reason"]) for row in told) == [
        ("in_progress", None),
        ("suppressed", "nothing_to_correct"),
    ]


async def test_an_update_that_changes_nothing_that_was_said_tells_nobody(
    desk: Desk, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0), unit="2101")
    await desk.state(admission)
    await desk.enrol(rose.person_id)
    await _delivered(desk)
    await desk.state(rose.update(admission, emitted=minutes(30), unit="2102"))
    await desk.after(minutes=5)
    assert len(desk.sms.messages) == 1


async def test_a_version_that_is_being_tried_makes_way_for_a_newer_one(
    desk: Desk, rose: PersonHistory
) -> None:
    desk.sms.results.append(RejectedTemporarily("status 503"))
    admission = rose.admit("stay", at=minutes(0))
    await desk.state(admission)
    await desk.enrol(rose.person_id)
    await desk.turn()
    await desk.state(rose.update(admission, emitted=minutes(30), occurred_at=minutes(-45)))
    await desk.after(minutes=2)
    first, second = desk.sms.messages
    assert first.text != second.text
    assert "CHANGEMENT" not in second.text


async def test_while_an_answer_is_awaited_a_correction_waits_and_then_follows(
    desk: Desk, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await desk.state(admission)
    await desk.enrol(rose.person_id)
    (departure,) = await desk.claim()
    await desk.state(rose.update(admission, emitted=minutes(30), occurred_at=minutes(-45)))
    assert await desk.claim() == []
    await dispatch(desk.dependencies, "sms", departure)
    await desk.after(seconds=2)
    assert "CHANGEMENT" in desk.sms.messages[-1].text


async def test_revoked_between_due_and_claimed_nothing_is_sent(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    carer_id = await desk.enrol(rose.person_id)
    await desk.revoke(rose.person_id, carer_id)
    await desk.turn()
    assert desk.sms.messages == []
    assert await desk.ends() == {"admission.occurred": ("suppressed", "no_entitlement")}
    assert await desk.pool.fetchval("SELECT count(*) FROM contact_points") == 0


async def test_revoked_after_a_first_try_nothing_more_is_sent(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    carer_id = await desk.enrol(rose.person_id)
    await desk.turn()
    await desk.revoke(rose.person_id, carer_id)
    await desk.after(minutes=20)
    assert len(desk.sms.messages) == 1
    assert desk.email.messages == []
    assert await desk.ends() == {"admission.occurred": ("suppressed", "no_entitlement")}


async def test_revocations_and_claims_at_the_same_time_never_send_after_the_revocation(
    desk: Desk,
) -> None:
    histories = [PersonHistory(f"person {number}") for number in range(15)]
    carers = []
    for history in histories:
        await desk.state(history.admit("stay", at=minutes(0)))
        carers.append((history.person_id, await desk.enrol(history.person_id)))
    claims = [desk.claim() for _ in range(5)]
    await asyncio.gather(*(desk.revoke(*each) for each in carers), *claims)
    assert await desk.claim() == []
    claimed = {row["obligation_id"] for row in await desk.attempts()}
    settled = {row["obligation_id"] for row in await desk.obligations(status="suppressed")}
    assert len(claimed | settled) == 15
    assert claimed & settled == set()


async def test_a_death_is_told_to_nobody_and_silences_what_is_scheduled(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.state(rose.admit("stay", at=FIVE_IN_THE_EVENING))
    desk.now = NIGHT
    await desk.enrol(rose.person_id)
    await desk.state(rose.discharge("stay", at=minutes(14 * 60), mode="death"))
    await desk.after(hours=10)
    assert desk.sms.messages == []
    assert await desk.ends() == {"admission.occurred": ("suppressed", "deceased")}
    await desk.state(rose.admit("by mistake", at=minutes(25 * 60)))
    await desk.turn()
    assert desk.sms.messages == []


async def test_when_the_death_was_an_error_what_it_silenced_is_told(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    death = rose.discharge("stay", at=minutes(30), mode="death")
    await desk.state(death)
    await desk.turn()
    assert desk.sms.messages == []
    await desk.state(rose.cancel(death))
    await desk.turn()
    assert len(desk.sms.messages) == 1


async def test_a_death_that_is_corrected_to_a_return_home_is_told_as_the_return(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await _delivered(desk)
    death = rose.discharge("stay", at=minutes(30), mode="death")
    await desk.state(death)
    await desk.state(rose.update(death, emitted=minutes(50), destination=Place(mode="home")))
    await desk.after(minutes=2)
    assert "a quitté l'établissement" in desk.sms.messages[-1].text


async def test_old_news_is_not_told_and_says_why(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await _delivered(desk)
    old = rose.discharge("old stay", at=minutes(-3000), emitted=minutes(70))
    await desk.state(old)
    await desk.turn()
    assert len(desk.sms.messages) == 1
    _, outcome = await event_outcome(desk.dependencies, old.event_id)
    assert outcome is not None
    assert outcome.obligations == {"suppressed": 1}


async def test_news_that_nobody_sent_in_a_day_expires_into_a_task(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.after(hours=25)
    assert desk.sms.messages == []
    assert await desk.ends() == {"admission.occurred": ("expired", "too_late")}
    assert await desk.pool.fetchval("SELECT count(*) FROM human_tasks") == 1
