"""Everyone who must be told is told once, by the channel they chose, and the outcome is published."""

import pytest

from services.notifications.channels.channel import RejectedPermanently, RejectedTemporarily
from services.notifications.handlers.delivery.dispatch import record_delivery_report
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes
from tests.integration.notifications.engine import ALIAS, MAIL, PHONE, PROFESSIONAL_MAIL, Engine, carer

pytestmark = pytest.mark.services


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def test_a_carer_is_told_of_an_admission_and_informed_when_the_report_says_so(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    (message,) = engine.sms.messages
    assert message.to == PHONE
    assert message.text.startswith(f"Parcours : {ALIAS} est en établissement")
    assert [row["status"] for row in await engine.obligations()] == ["in_progress"]

    await record_delivery_report(
        engine.dependencies, attempt_id=message.attempt_id, provider_id="1", state="delivered"
    )
    (obligation,) = await engine.obligations()
    assert (obligation["status"], obligation["channel"], obligation["evidence"]) == (
        "informed",
        "sms",
        "receipt",
    )
    (outcome,) = await engine.outcomes()
    assert (outcome.outcome, outcome.kind, outcome.channel) == ("informed", "admission.occurred", "sms")
    await engine.after(hours=30)
    assert len(engine.sms.messages) == 1
    assert engine.email.messages == []


async def test_the_same_batch_again_changes_nothing(engine: Engine, rose: PersonHistory) -> None:
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    await engine.state(admission, admission)
    await engine.turn()
    assert len(engine.sms.messages) == 1
    assert len(await engine.obligations()) == 1


async def test_without_a_report_the_next_channel_is_tried(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.after(minutes=9)
    assert engine.email.messages == []
    await engine.after(minutes=2)
    (mail,) = engine.email.messages
    assert mail.to == MAIL
    (obligation,) = await engine.obligations()
    assert (obligation["status"], obligation["evidence"]) == ("informed", "weak")
    assert [row["status"] for row in await engine.attempts()] == ["no_receipt", "accepted"]


async def test_a_temporary_refusal_is_tried_again_after_one_and_five_minutes(
    engine: Engine, rose: PersonHistory
) -> None:
    engine.sms.results.extend([RejectedTemporarily("status 503")] * 2)
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.after(seconds=50)
    assert len(engine.sms.messages) == 1
    await engine.after(seconds=20)
    assert len(engine.sms.messages) == 2
    await engine.after(minutes=6)
    assert len(engine.sms.messages) == 3
    assert len({message.text for message in engine.sms.messages}) == 1


async def test_a_bad_number_is_not_used_again_and_the_next_channel_follows_at_once(
    engine: Engine, rose: PersonHistory
) -> None:
    engine.sms.results.append(RejectedPermanently("status 400"))
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    assert len(engine.email.messages) == 1
    states = await engine.pool.fetch("SELECT channel, state FROM contact_points ORDER BY channel")
    assert [tuple(row) for row in states] == [("email", "ok"), ("sms", "bad")]


async def test_a_refusal_of_this_message_leaves_the_contact_as_it_is(
    engine: Engine, rose: PersonHistory
) -> None:
    engine.sms.results.append(RejectedPermanently("status 554", contact_is_bad=False))
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    assert len(engine.email.messages) == 1
    states = await engine.pool.fetch("SELECT state FROM contact_points")
    assert [row["state"] for row in states] == ["ok", "ok"]


@pytest.mark.parametrize(("before", "after"), [("bad", "ok"), ("stopped", "stopped")])
async def test_an_address_declared_again_is_tried_again_unless_its_owner_asked_for_silence(
    engine: Engine, rose: PersonHistory, before: str, after: str
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id, carer("sms"))
    await engine.pool.execute("UPDATE contact_points SET state = $1", before)
    await engine.enrol(rose.person_id, carer("sms"), carer_id=carer_id)
    assert [row["state"] for row in await engine.pool.fetch("SELECT state FROM contact_points")] == [after]


async def test_one_address_twice_in_a_circle_gets_one_message(engine: Engine, rose: PersonHistory) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    for _ in range(2):
        await engine.enrol(rose.person_id, carer("sms"))
    await engine.turn()
    await engine.after(seconds=15)
    assert len(engine.sms.messages) == 1
    assert sorted((row["status"], row["reason"]) for row in await engine.obligations()) == [
        ("in_progress", None),
        ("suppressed", "same_address"),
    ]


async def test_the_other_is_told_at_a_shared_address_when_the_first_was_not(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer("sms", discretion=0))
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.turn()
    assert len(engine.sms.messages) == 1


async def test_who_shares_only_one_of_two_addresses_is_told_at_the_other(
    engine: Engine, rose: PersonHistory
) -> None:
    engine.sms.results.append(RejectedTemporarily("status 503"))
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.enrol(rose.person_id, carer("email"))
    await engine.turn()
    await engine.after(minutes=2)
    assert (len(engine.sms.messages), len(engine.email.messages)) == (2, 1)


async def test_who_cannot_be_reached_becomes_a_task_for_a_person(engine: Engine, rose: PersonHistory) -> None:
    engine.sms.results.append(RejectedPermanently("status 400"))
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.turn()
    assert await engine.ends() == {"admission.occurred": ("expired", "unreachable")}
    tasks = await engine.pool.fetch("SELECT reason FROM human_tasks WHERE closed_at IS NULL")
    assert [row["reason"] for row in tasks] == ["unreachable"]


async def test_the_receiving_desk_is_told_of_a_departure_and_the_carer_of_the_arrival(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.enrol_professional(rose.person_id, NURSING_HOME)
    await engine.enrol_professional(rose.person_id, HOSPITAL)
    await engine.after(seconds=10)
    before = len(engine.email.messages)
    await engine.state(rose.transfer("stay", at=minutes(50), to=NURSING_HOME))
    await engine.after(seconds=10)
    assert [mail.to for mail in engine.email.messages[before:]] == [PROFESSIONAL_MAIL]
    assert len(engine.sms.messages) == 1
    departed = await engine.obligations(kind="transfer.departed")
    assert [row["recipient_role"] for row in departed] == ["professional"]


async def test_messages_of_a_burst_leave_in_the_order_in_which_things_happened(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(-300)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.state(
        rose.discharge("stay", at=minutes(61)),
        rose.admit("second", at=minutes(62)),
        rose.discharge("second", at=minutes(63)),
    )
    await engine.after(minutes=5)
    said = [message.text.split(ALIAS)[1][:12] for message in engine.sms.messages]
    assert said == [" est en étab", " a quitté l'", " est en étab", " a quitté l'"]
