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
from tests.integration.notifications.engine import Engine, carer

pytestmark = pytest.mark.services


async def _admitted(engine: Engine, name: str = "Rose") -> PersonHistory:
    history = PersonHistory(name)
    await engine.state(history.admit("stay", at=minutes(0)))
    await engine.enrol(history.person_id)
    return history


async def test_killed_between_claim_and_call_it_is_sent_once_the_outcome_counts_as_unknown(
    engine: Engine,
) -> None:
    await _admitted(engine)
    (lost,) = await engine.claim()
    await engine.after(seconds=25)
    assert [row["status"] for row in await engine.attempts()] == ["claimed"]
    await engine.after(seconds=10)
    assert engine.sms.messages == []
    assert [row["status"] for row in await engine.attempts()] == ["unknown"]
    await engine.after(seconds=180)
    (message,) = engine.sms.messages
    assert message.text == lost.message.text
    assert message.attempt_id != lost.message.attempt_id


async def test_frozen_between_claim_and_call_beyond_its_lease_it_sends_nothing_any_more(
    engine: Engine,
) -> None:
    await _admitted(engine)
    (departure,) = await engine.claim()
    await engine.after(seconds=31)
    await dispatch(engine.dependencies, "sms", departure)
    assert engine.sms.messages == []
    assert [row["status"] for row in await engine.attempts()] == ["unknown"]
    await engine.after(seconds=180)
    assert len(engine.sms.messages) == 1


async def test_killed_between_call_and_record_the_report_settles_it_and_nothing_is_repeated(
    engine: Engine,
) -> None:
    await _admitted(engine)
    (departure,) = await engine.claim()
    await engine.sms.send(departure.message)
    await _report(engine, departure.message, "delivered")
    assert await engine.ends() == {"admission.occurred": ("informed", None)}
    await engine.after(minutes=20)
    assert len(engine.sms.messages) == 1


async def test_an_unknown_outcome_is_repeated_once_word_for_word_then_the_next_channel_follows(
    engine: Engine,
) -> None:
    engine.sms.results.extend([Unknown("ReadTimeout"), Unknown("ReadTimeout")])
    await _admitted(engine)
    await engine.turn()
    await engine.after(minutes=2)
    assert len(engine.sms.messages) == 1
    await engine.after(minutes=2)
    first, second = engine.sms.messages
    assert first.text == second.text
    await engine.after(minutes=4)
    assert len(engine.sms.messages) == 2
    assert len(engine.email.messages) == 1


async def test_a_receipt_for_an_unknown_outcome_spares_the_repetition(engine: Engine) -> None:
    engine.sms.results.append(Unknown("ReadTimeout"))
    await _admitted(engine)
    await engine.turn()
    await _report(engine, engine.sms.messages[0], "delivered")
    await engine.after(minutes=20)
    assert len(engine.sms.messages) == 1
    assert await engine.ends() == {"admission.occurred": ("informed", None)}


async def test_reports_before_the_answer_late_repeated_and_reordered_lead_to_one_outcome(
    engine: Engine,
) -> None:
    await _admitted(engine)
    (departure,) = await engine.claim()
    states: tuple[ReportState, ...] = ("delivered", "sent", "undelivered", "delivered")
    for state in states:
        await _report(engine, departure.message, state)
    await record_answer(
        engine.dependencies, departure.obligation_id, departure.message.attempt_id, Accepted("provider-7")
    )
    (attempt,) = await engine.attempts()
    assert (attempt["status"], attempt["provider_id"]) == ("delivered", "provider-7")
    assert len(await engine.outcomes()) == 1


async def test_delivered_after_the_escalation_changes_the_evidence_and_not_the_outcome(
    engine: Engine,
) -> None:
    await _admitted(engine)
    await engine.turn()
    await engine.after(minutes=11)
    await _report(engine, engine.sms.messages[0], "delivered")
    assert [row["status"] for row in await engine.attempts()] == ["delivered", "accepted"]
    assert len(await engine.outcomes()) == 1


async def test_a_report_on_an_attempt_that_never_was_is_kept(engine: Engine) -> None:
    known = await record_delivery_report(
        engine.dependencies, attempt_id=PersonHistory("nobody").person_id, provider_id=None, state="delivered"
    )
    assert not known
    assert await engine.pool.fetchval("SELECT count(*) FROM delivery_reports") == 1


async def test_a_report_that_is_repeated_for_ever_takes_no_room(engine: Engine) -> None:
    await _admitted(engine)
    await engine.turn()
    for _ in range(5):
        await _report(engine, engine.sms.messages[0], "buffered")
        await _report(engine, engine.sms.messages[0], "delivered")
    assert await engine.pool.fetchval("SELECT count(*) FROM delivery_reports") == 2
    assert await engine.ends() == {"admission.occurred": ("informed", None)}


async def test_a_report_that_was_kept_and_not_applied_is_applied_by_the_sweep(engine: Engine) -> None:
    await _admitted(engine)
    await engine.turn()
    await engine.pool.execute(
        "INSERT INTO delivery_reports (attempt_id, state, received_at) VALUES ($1, 'delivered', $2)",
        engine.sms.messages[0].attempt_id,
        engine.now,
    )
    await engine.after(seconds=20)
    assert await engine.ends() == {"admission.occurred": ("informed", None)}


async def test_many_workers_share_the_work_and_repeat_nothing(engine: Engine) -> None:
    for number in range(24):
        await _admitted(engine, f"person {number}")
    claimed = await asyncio.gather(*(engine.claim() for _ in range(6)), *(engine.claim() for _ in range(6)))
    departures = [departure for each in claimed for departure in each]
    assert len(departures) == 24
    await asyncio.gather(*(dispatch(engine.dependencies, "sms", departure) for departure in departures))
    counts = Counter(row["obligation_id"] for row in await engine.attempts())
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


async def test_a_provider_that_hangs_delays_only_its_own_channel(engine: Engine) -> None:
    engine.sms = stuck = _Stuck()
    await _admitted(engine)
    other = PersonHistory("Paul")
    await engine.state(other.admit("stay", at=minutes(0)))
    await engine.enrol(other.person_id, carer("email"))
    stop = asyncio.Event()
    lanes = [
        asyncio.ensure_future(fulfil(engine.dependencies, stop))
        for fulfil in (fulfil_due_sms, fulfil_due_emails)
    ]
    await engine.sms.until_sent(1)
    await engine.email.until_sent(1)
    stop.set()
    stuck.over.set()
    await asyncio.gather(*lanes)


async def _report(engine: Engine, message: Message, state: ReportState) -> None:
    await record_delivery_report(
        engine.dependencies, attempt_id=message.attempt_id, provider_id="1", state=state
    )
