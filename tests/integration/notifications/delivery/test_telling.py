"""Everyone who must be told is told once, by the channel they chose, and the outcome is published."""

import pytest

from services.notifications.channels.channel import RejectedPermanently, RejectedTemporarily
from services.notifications.handlers.delivery.dispatch import record_delivery_report
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes
from tests.integration.notifications.desk import ALIAS, DESK_MAIL, MAIL, PHONE, Desk, carer

pytestmark = pytest.mark.services


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def test_a_carer_is_told_of_an_admission_and_informed_when_the_report_says_so(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    (message,) = desk.sms.messages
    assert message.to == PHONE
    assert message.text.startswith(f"Parcours : {ALIAS} est en établissement")
    assert [row["status"] for row in await desk.obligations()] == ["in_progress"]

    await record_delivery_report(
        desk.dependencies, attempt_id=message.attempt_id, provider_id="1", state="delivered"
    )
    (obligation,) = await desk.obligations()
    assert (obligation["status"], obligation["channel"], obligation["evidence"]) == (
        "informed",
        "sms",
        "receipt",
    )
    (outcome,) = await desk.outcomes()
    assert (outcome.outcome, outcome.kind, outcome.channel) == ("informed", "admission.occurred", "sms")
    await desk.after(hours=30)
    assert len(desk.sms.messages) == 1
    assert desk.email.messages == []


async def test_the_same_batch_again_changes_nothing(desk: Desk, rose: PersonHistory) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await desk.state(admission)
    await desk.enrol(rose.person_id)
    await desk.state(admission, admission)
    await desk.turn()
    assert len(desk.sms.messages) == 1
    assert len(await desk.obligations()) == 1


async def test_without_a_report_the_next_channel_is_tried(desk: Desk, rose: PersonHistory) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    await desk.after(minutes=9)
    assert desk.email.messages == []
    await desk.after(minutes=2)
    (mail,) = desk.email.messages
    assert mail.to == MAIL
    (obligation,) = await desk.obligations()
    assert (obligation["status"], obligation["evidence"]) == ("informed", "weak")
    assert [row["status"] for row in await desk.attempts()] == ["no_receipt", "accepted"]


async def test_a_temporary_refusal_is_tried_again_after_one_and_five_minutes(
    desk: Desk, rose: PersonHistory
) -> None:
    desk.sms.results.extend([RejectedTemporarily("status 503")] * 2)
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    await desk.after(seconds=50)
    assert len(desk.sms.messages) == 1
    await desk.after(seconds=20)
    assert len(desk.sms.messages) == 2
    await desk.after(minutes=6)
    assert len(desk.sms.messages) == 3
    assert len({message.text for message in desk.sms.messages}) == 1


async def test_a_bad_number_is_not_used_again_and_the_next_channel_follows_at_once(
    desk: Desk, rose: PersonHistory
) -> None:
    desk.sms.results.append(RejectedPermanently("status 400"))
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    assert len(desk.email.messages) == 1
    states = await desk.pool.fetch("SELECT channel, state FROM contact_points ORDER BY channel")
    assert [tuple(row) for row in states] == [("email", "ok"), ("sms", "bad")]


async def test_who_cannot_be_reached_becomes_a_task_for_a_person(desk: Desk, rose: PersonHistory) -> None:
    desk.sms.results.append(RejectedPermanently("status 400"))
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id, carer("sms"))
    await desk.turn()
    assert await desk.ends() == {"admission.occurred": ("expired", "unreachable")}
    tasks = await desk.pool.fetch("SELECT reason FROM human_tasks WHERE closed_at IS NULL")
    assert [row["reason"] for row in tasks] == ["unreachable"]


async def test_the_receiving_desk_is_told_of_a_departure_and_the_carer_of_the_arrival(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.enrol_desk(rose.person_id, NURSING_HOME)
    await desk.enrol_desk(rose.person_id, HOSPITAL)
    await desk.turn()
    before = len(desk.email.messages)
    await desk.state(rose.transfer("stay", at=minutes(50), to=NURSING_HOME))
    await desk.turn()
    assert [mail.to for mail in desk.email.messages[before:]] == [DESK_MAIL]
    assert len(desk.sms.messages) == 1
    departed = await desk.obligations(kind="transfer.departed")
    assert [row["recipient_role"] for row in departed] == ["professional"]


async def test_messages_of_a_burst_leave_in_the_order_in_which_things_happened(
    desk: Desk, rose: PersonHistory
) -> None:
    await desk.state(rose.admit("stay", at=minutes(-300)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    await desk.state(
        rose.discharge("stay", at=minutes(61)),
        rose.admit("second", at=minutes(62)),
        rose.discharge("second", at=minutes(63)),
    )
    await desk.after(minutes=5)
    said = [message.text.split(ALIAS)[1][:12] for message in desk.sms.messages]
    assert said == [" est en étab", " a quitté l'", " est en étab", " a quitté l'"]
