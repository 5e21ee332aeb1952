"""Open obligations when facts are corrected, rights end, or a person dies."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.notifications.channels.channel import RejectedTemporarily
from services.notifications.handlers.delivery.dispatch import dispatch, record_delivery_report
from services.notifications.handlers.obligations.event_outcome import event_outcome
from shared.events.admission import Place
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine, carer

pytestmark = pytest.mark.services

NIGHT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
FIVE_IN_THE_EVENING = minutes(13 * 60)


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def _delivered(engine: Engine) -> None:
    await engine.turn()
    for message in engine.sms.messages:
        await record_delivery_report(
            engine.dependencies, attempt_id=message.attempt_id, provider_id=None, state="delivered"
        )


async def test_a_carer_sleeps_until_half_past_seven(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.admit("stay", at=FIVE_IN_THE_EVENING))
    engine.now = NIGHT
    await engine.enrol(rose.person_id)
    await engine.turn()
    (held,) = await engine.obligations()
    assert (held["status"], held["next_action_at"]) == ("scheduled", datetime(2026, 3, 3, 6, 30, tzinfo=UTC))
    await engine.after(hours=7, minutes=59)
    assert engine.sms.messages == []
    await engine.after(minutes=2)
    assert len(engine.sms.messages) == 1


async def test_a_carer_who_may_be_woken_is_told_at_once_also_when_they_say_so_later(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=FIVE_IN_THE_EVENING))
    engine.now = NIGHT
    carer_id = await engine.enrol(rose.person_id)
    await engine.turn()
    assert engine.sms.messages == []
    await engine.enrol(rose.person_id, carer(night=True), carer_id=carer_id)
    await engine.turn()
    assert len(engine.sms.messages) == 1


async def test_a_fact_that_is_retracted_while_held_is_never_told(engine: Engine, rose: PersonHistory) -> None:
    admission = rose.admit("stay", at=FIVE_IN_THE_EVENING)
    await engine.state(admission)
    engine.now = NIGHT
    await engine.enrol(rose.person_id)
    await engine.state(rose.cancel(admission))
    await engine.after(hours=10)
    assert engine.sms.messages == []
    assert await engine.ends() == {
        "admission.occurred": ("superseded", "newer_version"),
        "admission.occurred.retracted": ("suppressed", "nothing_to_correct"),
    }


async def test_a_fact_that_was_told_is_retracted_by_the_channel_that_told_it(
    engine: Engine, rose: PersonHistory
) -> None:
    engine.sms.results.extend([RejectedTemporarily("status 503")] * 3)
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.after(minutes=2)
    await engine.after(minutes=12)
    assert len(engine.email.messages) == 1
    sms = len(engine.sms.messages)
    await engine.state(rose.cancel(admission))
    await engine.turn()
    assert len(engine.sms.messages) == sms
    assert "ERREUR" in engine.email.messages[1].text
    assert (await engine.ends())["admission.occurred.retracted"] == ("informed", None)


async def test_a_changed_time_is_told_as_a_change_to_who_was_told_and_once_to_who_was_not(
    engine: Engine, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    await _delivered(engine)
    engine.sms.results.append(RejectedTemporarily("status 503"))
    later = rose.update(admission, emitted=minutes(30), occurred_at=minutes(-45))
    await engine.state(later)
    await engine.enrol(rose.person_id, carer("email"))
    await engine.after(minutes=3)
    assert "CHANGEMENT" in engine.sms.messages[-1].text
    await engine.after(minutes=3)  # until it was known that this address does not get the other's message
    (newcomer,) = engine.email.messages
    assert "CHANGEMENT" not in newcomer.text
    told = await engine.obligations(kind="admission.occurred.corrected")
    assert sorted((row["status"], row["reason"]) for row in told) == [
        ("in_progress", None),
        ("suppressed", "nothing_to_correct"),
    ]


async def test_an_update_that_changes_nothing_that_was_said_tells_nobody(
    engine: Engine, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0), unit="2101")
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    await _delivered(engine)
    await engine.state(rose.update(admission, emitted=minutes(30), unit="2102"))
    await engine.after(minutes=5)
    assert len(engine.sms.messages) == 1


async def test_a_version_that_is_being_tried_makes_way_for_a_newer_one(
    engine: Engine, rose: PersonHistory
) -> None:
    engine.sms.results.append(RejectedTemporarily("status 503"))
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.state(rose.update(admission, emitted=minutes(30), occurred_at=minutes(-45)))
    await engine.after(minutes=2)
    first, second = engine.sms.messages
    assert first.text != second.text
    assert "CHANGEMENT" not in second.text


async def test_while_an_answer_is_awaited_a_correction_waits_and_then_follows(
    engine: Engine, rose: PersonHistory
) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    (departure,) = await engine.claim()
    await engine.state(rose.update(admission, emitted=minutes(30), occurred_at=minutes(-45)))
    assert await engine.claim() == []
    await dispatch(engine.dependencies, "sms", departure)
    await engine.after(seconds=2)
    assert "CHANGEMENT" in engine.sms.messages[-1].text


async def test_revoked_between_due_and_claimed_nothing_is_sent(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id)
    await engine.revoke(rose.person_id, carer_id)
    await engine.turn()
    assert engine.sms.messages == []
    assert await engine.ends() == {"admission.occurred": ("suppressed", "no_entitlement")}
    assert await engine.pool.fetchval("SELECT count(*) FROM contact_points") == 0


async def test_revoked_after_a_first_try_nothing_more_is_sent(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.revoke(rose.person_id, carer_id)
    await engine.after(minutes=20)
    assert len(engine.sms.messages) == 1
    assert engine.email.messages == []
    assert await engine.ends() == {"admission.occurred": ("suppressed", "no_entitlement")}


async def test_revocations_and_claims_at_the_same_time_never_send_after_the_revocation(
    engine: Engine,
) -> None:
    histories = [PersonHistory(f"person {number}") for number in range(15)]
    carers = []
    for history in histories:
        await engine.state(history.admit("stay", at=minutes(0)))
        carers.append((history.person_id, await engine.enrol(history.person_id)))
    claims = [engine.claim() for _ in range(5)]
    await asyncio.gather(*(engine.revoke(*each) for each in carers), *claims)
    assert await engine.claim() == []
    claimed = {row["obligation_id"] for row in await engine.attempts()}
    settled = {row["obligation_id"] for row in await engine.obligations(status="suppressed")}
    assert len(claimed | settled) == 15
    assert claimed & settled == set()


async def test_a_death_is_told_to_nobody_and_silences_what_is_scheduled(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=FIVE_IN_THE_EVENING))
    engine.now = NIGHT
    await engine.enrol(rose.person_id)
    await engine.state(rose.discharge("stay", at=minutes(14 * 60), mode="death"))
    await engine.after(hours=10)
    assert engine.sms.messages == []
    assert await engine.ends() == {"admission.occurred": ("suppressed", "deceased")}
    await engine.state(rose.admit("by mistake", at=minutes(25 * 60)))
    await engine.turn()
    assert engine.sms.messages == []


async def test_when_the_death_was_an_error_what_it_silenced_is_told(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    death = rose.discharge("stay", at=minutes(30), mode="death")
    await engine.state(death)
    await engine.turn()
    assert engine.sms.messages == []
    await engine.state(rose.cancel(death))
    await engine.turn()
    assert len(engine.sms.messages) == 1


async def test_a_death_that_is_corrected_to_a_return_home_is_told_as_the_return(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await _delivered(engine)
    death = rose.discharge("stay", at=minutes(30), mode="death")
    await engine.state(death)
    await engine.state(rose.update(death, emitted=minutes(50), destination=Place(mode="home")))
    await engine.after(minutes=2)
    assert "a quitté l'établissement" in engine.sms.messages[-1].text


async def test_old_news_is_not_told_and_says_why(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await _delivered(engine)
    old = rose.discharge("old stay", at=minutes(-3000), emitted=minutes(70))
    await engine.state(old)
    await engine.turn()
    assert len(engine.sms.messages) == 1
    _, outcome = await event_outcome(engine.dependencies, old.event_id)
    assert outcome is not None
    assert outcome.obligations == {"suppressed": 1}


async def test_news_that_nobody_sent_in_a_day_expires_into_a_task(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.after(hours=25)
    assert engine.sms.messages == []
    assert await engine.ends() == {"admission.occurred": ("expired", "too_late")}
    assert await engine.pool.fetchval("SELECT count(*) FROM human_tasks") == 1
