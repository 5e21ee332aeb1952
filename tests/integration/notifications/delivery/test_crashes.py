"""What survives a worker that dies, a provider that does not answer, and two workers at once."""

import asyncio
from collections import Counter

import pytest

from services.notifications.channels.channel import Accepted, Message, SendResult, Unknown
from services.notifications.domain.obligations.obligation import ReportState
from services.notifications.handlers.delivery.dispatch import dispatch, record_answer, record_delivery_report
from services.notifications.periodic.fulfil_due_obligations import fulfil_due_emails, fulfil_due_sms
from shared.testing.person_history import PersonHistory, minutes
from tests.conformance.channels.scripted_channel import ScriptedChannel
from tests.integration.notifications.desk import Desk, carer

pytestmark = pytest.mark.services


async def _admitted(desk: Desk, name: str = "Rose") -> PersonHistory:
    history = PersonHistory(name)
    await desk.state(history.admit("stay", at=minutes(0)))
    await desk.enrol(history.person_id)
    return history


async def test_killed_between_claim_and_call_it_is_sent_once_the_outcome_counts_as_unknown(
    desk: Desk,
) -> None:
    await _admitted(desk)
    (lost,) = await desk.claim()
    await desk.after(seconds=25)
    assert [row["status"] for row in await desk.attempts()] == ["claimed"]
    await desk.after(seconds=10)
    assert desk.sms.messages == []
    assert [row["status"] for row in await desk.attempts()] == ["unknown"]
    await desk.after(seconds=180)
    (message,) = desk.sms.messages
    assert message.text == lost.message.text
    assert message.attempt_id != lost.message.attempt_id


async def test_frozen_between_claim_and_call_beyond_its_lease_it_sends_nothing_any_more(desk: Desk) -> None:
    await _admitted(desk)
    (departure,) = await desk.claim()
    await desk.after(seconds=31)
    await dispatch(desk.dependencies, "sms", departure)
    assert desk.sms.messages == []
    assert [row["status"] for row in await desk.attempts()] == ["unknown"]
    await desk.after(seconds=180)
    assert len(desk.sms.messages) == 1


async def test_killed_between_call_and_record_the_report_settles_it_and_nothing_is_repeated(
    desk: Desk,
) -> None:
    await _admitted(desk)
    (departure,) = await desk.claim()
    await desk.sms.send(departure.message)
    await _report(desk, departure.message, "delivered")
    assert await desk.ends() == {"admission.occurred": ("informed", None)}
    await desk.after(minutes=20)
    assert len(desk.sms.messages) == 1


async def test_an_unknown_outcome_is_repeated_once_word_for_word_then_the_next_channel_follows(
    desk: Desk,
) -> None:
    desk.sms.results.extend([Unknown("ReadTimeout"), Unknown("ReadTimeout")])
    await _admitted(desk)
    await desk.turn()
    await desk.after(minutes=2)
    assert len(desk.sms.messages) == 1
    await desk.after(minutes=2)
    first, second = desk.sms.messages
    assert first.text == second.text
    await desk.after(minutes=4)
    assert len(desk.sms.messages) == 2
    assert len(desk.email.messages) == 1


async def test_a_receipt_for_an_unknown_outcome_spares_the_repetition(desk: Desk) -> None:
    desk.sms.results.append(Unknown("ReadTimeout"))
    await _admitted(desk)
    await desk.turn()
    await _report(desk, desk.sms.messages[0], "delivered")
    await desk.after(minutes=20)
    assert len(desk.sms.messages) == 1
    assert await desk.ends() == {"admission.occurred": ("informed", None)}


async def test_reports_before_the_answer_late_repeated_and_reordered_lead_to_one_outcome(
    desk: Desk,
) -> None:
    await _admitted(desk)
    (departure,) = await desk.claim()
    states: tuple[ReportState, ...] = ("delivered", "sent", "undelivered", "delivered")
    for state in states:
        await _report(desk, departure.message, state)
    await record_answer(
        desk.dependencies, departure.obligation_id, departure.message.attempt_id, Accepted("provider-7")
    )
    (attempt,) = await desk.attempts()
    assert (attempt["status"], attempt["provider_id"]) == ("delivered", "provider-7")
    assert len(await desk.outcomes()) == 1


async def test_delivered_after_the_escalation_changes_the_evidence_and_not_the_outcome(desk: Desk) -> None:
    await _admitted(desk)
    await desk.turn()
    await desk.after(minutes=11)
    await _report(desk, desk.sms.messages[0], "delivered")
    assert [row["status"] for row in await desk.attempts()] == ["delivered", "accepted"]
    assert len(await desk.outcomes()) == 1


async def test_a_report_on_an_attempt_that_never_was_is_kept(desk: Desk) -> None:
    known = await record_delivery_report(
        desk.dependencies, attempt_id=PersonHistory("nobody").person_id, provider_id=None, state="delivered"
    )
    assert not known
    assert await desk.pool.fetchval("SELECT count(*) FROM delivery_reports") == 1


async def test_a_report_that_was_kept_and_not_applied_is_applied_by_the_sweep(desk: Desk) -> None:
    await _admitted(desk)
    await desk.turn()
    await desk.pool.execute(
        "INSERT INTO delivery_reports (attempt_id, state, received_at) VALUES ($1, 'delivered', $2)",
        desk.sms.messages[0].attempt_id,
        desk.now,
    )
    await desk.after(seconds=20)
    assert await desk.ends() == {"admission.occurred": ("informed", None)}


async def test_many_workers_share_the_work_and_repeat_nothing(desk: Desk) -> None:
    for number in range(40):
        await _admitted(desk, f"person {number}")
    claimed = await asyncio.gather(*(desk.claim() for _ in range(6)), *(desk.claim() for _ in range(6)))
    departures = [departure for each in claimed for departure in each]
    assert len(departures) == 40
    await asyncio.gather(*(dispatch(desk.dependencies, "sms", departure) for departure in departures))
    counts = Counter(row["obligation_id"] for row in await desk.attempts())
    assert set(counts.values()) == {1}


class _Stuck(ScriptedChannel):
    """A provider that takes messages and does not answer until the test is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def send(self, message: Message) -> SendResult:
        result = await super().send(message)
        await self.over.wait()
        return result


async def test_a_provider_that_hangs_delays_only_its_own_channel(desk: Desk) -> None:
    desk.sms = stuck = _Stuck()
    await _admitted(desk)
    other = PersonHistory("Paul")
    await desk.state(other.admit("stay", at=minutes(0)))
    await desk.enrol(other.person_id, carer("email"))
    stop = asyncio.Event()
    lanes = [
        asyncio.ensure_future(fulfil(desk.dependencies, stop))
        for fulfil in (fulfil_due_sms, fulfil_due_emails)
    ]
    await desk.sms.until_sent(1)
    await desk.email.until_sent(1)
    stop.set()
    stuck.over.set()
    await asyncio.gather(*lanes)


async def _report(desk: Desk, message: Message, state: ReportState) -> None:
    await record_delivery_report(
        desk.dependencies, attempt_id=message.attempt_id, provider_id="1", state=state
    )
