"""Facts, circles, lanes, reports and sweeps at once: no deadlock, and nothing twice."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from services.notifications.channels.channel import RejectedPermanently, RejectedTemporarily, Unknown
from services.notifications.domain.circle.members import ChannelName
from services.notifications.handlers.delivery.dispatch import dispatch, record_delivery_report
from services.notifications.handlers.obligations.timeouts import expire_obligations, sweep_unknown_attempts
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, id_of, minutes
from tests.integration.notifications.engine import Engine, carer

pytestmark = pytest.mark.services

PERSONS = 5
ROUNDS = 8


async def _work(engine: Engine, channel_name: ChannelName) -> None:
    for departure in await engine.claim(channel_name):
        await dispatch(engine.dependencies, channel_name, departure)


async def _report(engine: Engine) -> None:
    for message in engine.sms.messages[-3:]:
        await record_delivery_report(
            engine.dependencies, attempt_id=message.attempt_id, provider_id=None, state="delivered"
        )


async def _watch(engine: Engine) -> None:
    await sweep_unknown_attempts(engine.dependencies)
    await expire_obligations(engine.dependencies)


async def _round(engine: Engine, histories: list[PersonHistory], nth: int) -> None:
    """Each person moves, one membership changes, and every worker is at it, all at once."""
    moved = [history.admit(f"stay {nth}", at=minutes(60 + nth)) for history in histories]
    corrected = [
        history.update(event, emitted=minutes(90 + nth), occurred_at=minutes(30 + nth))
        for history, event in zip(histories[::2], moved[::2], strict=False)
    ]
    changed = histories[nth % PERSONS].person_id
    await asyncio.gather(
        engine.state(*moved[:3]),
        engine.state(*reversed(moved[2:])),
        engine.state(*corrected),
        engine.enrol(changed, carer("email", "sms"), carer_id=id_of("carer", changed)),
        *(_work(engine, channel_name) for channel_name in ("sms", "email", "sms")),
        _report(engine),
        _watch(engine),
    )


async def _settle_all(engine: Engine) -> None:
    """Hours go by, and every SMS that arrived is reported."""
    for _ in range(60):
        await engine.after(minutes=30)
        await _report(engine)


async def test_nobody_waits_for_ever_and_everything_ends_once(engine: Engine) -> None:
    histories = [PersonHistory(f"person {number}") for number in range(PERSONS)]
    await engine.state(*(history.admit("first", at=minutes(0)) for history in histories))
    for history in histories:
        await engine.enrol(history.person_id, carer(night=True), carer_id=id_of("carer", history.person_id))
        await engine.enrol_professional(history.person_id, NURSING_HOME)
        await engine.enrol_professional(history.person_id, HOSPITAL)
    engine.sms.results.extend([Unknown("ReadTimeout"), RejectedTemporarily("status 503")] * 4)
    engine.email.results.append(RejectedTemporarily("status 451"))
    for nth in range(ROUNDS):
        await asyncio.wait_for(_round(engine, histories, nth), timeout=60)
    engine.email.results.extend([RejectedPermanently("status 550")] * 2 * PERSONS)
    await _settle_all(engine)

    obligations = await engine.obligations()
    assert {row["next_action_at"] for row in obligations} == {None}
    settled = Counter(outcome.obligation_id for outcome in await engine.outcomes())
    assert settled == Counter(row["obligation_id"] for row in obligations)
    assert {row["status"] for row in obligations} >= {"informed", "expired", "superseded", "suppressed"}
    expired = {row["obligation_id"] for row in obligations if row["status"] == "expired"}
    tasks = await engine.pool.fetch("SELECT obligation_id FROM human_tasks")
    assert {row["obligation_id"] for row in tasks} == expired
    assert all(count <= 2 for count in (await _reached(engine)).values())


async def _reached(engine: Engine) -> Counter[tuple[UUID, int]]:
    """How often each step may have reached its reader."""
    return Counter(
        (row["obligation_id"], row["step"])
        for row in await engine.attempts()
        if not row["status"].startswith("rejected")
    )
