"""Facts, circles, lanes, reports and sweeps at once: no deadlock, and nothing twice."""

import asyncio
from collections import Counter
from uuid import UUID

import pytest

from services.notifications.channels.channel import RejectedPermanently, RejectedTemporarily, Unknown
from services.notifications.domain.circle.members import Medium
from services.notifications.handlers.delivery.dispatch import dispatch, record_delivery_report
from services.notifications.handlers.obligations.timeouts import expire_obligations, sweep_unknown_attempts
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, id_of, minutes
from tests.integration.notifications.desk import Desk, carer

pytestmark = pytest.mark.services

PERSONS = 5
ROUNDS = 8


async def _work(desk: Desk, medium: Medium) -> None:
    for departure in await desk.claim(medium):
        await dispatch(desk.dependencies, medium, departure)


async def _report(desk: Desk) -> None:
    for message in desk.sms.messages[-3:]:
        await record_delivery_report(
            desk.dependencies, attempt_id=message.attempt_id, provider_id=None, state="delivered"
        )


async def _watch(desk: Desk) -> None:
    await sweep_unknown_attempts(desk.dependencies)
    await expire_obligations(desk.dependencies)


async def _round(desk: Desk, histories: list[PersonHistory], nth: int) -> None:
    """Each person moves, one membership changes, and every worker is at it, all at once."""
    moved = [history.admit(f"stay {nth}", at=minutes(60 + nth)) for history in histories]
    corrected = [
        history.update(event, emitted=minutes(90 + nth), occurred_at=minutes(30 + nth))
        for history, event in zip(histories[::2], moved[::2], strict=False)
    ]
    changed = histories[nth % PERSONS].person_id
    await asyncio.gather(
        desk.state(*moved[:3]),
        desk.state(*reversed(moved[2:])),
        desk.state(*corrected),
        desk.enrol(changed, carer("email", "sms"), carer_id=id_of("carer", changed)),
        *(_work(desk, medium) for medium in ("sms", "email", "sms")),
        _report(desk),
        _watch(desk),
    )


async def _settle_all(desk: Desk) -> None:
    """Hours go by, and every SMS that arrived is reported."""
    for _ in range(60):
        await desk.after(minutes=30)
        await _report(desk)


async def test_nobody_waits_for_ever_and_everything_ends_once(desk: Desk) -> None:
    histories = [PersonHistory(f"person {number}") for number in range(PERSONS)]
    await desk.state(*(history.admit("first", at=minutes(0)) for history in histories))
    for history in histories:
        await desk.enrol(history.person_id, carer(night=True), carer_id=id_of("carer", history.person_id))
        await desk.enrol_desk(history.person_id, NURSING_HOME)
        await desk.enrol_desk(history.person_id, HOSPITAL)
    desk.sms.results.extend([Unknown("ReadTimeout"), RejectedTemporarily("status 503")] * 4)
    desk.email.results.extend([RejectedTemporarily("status 451"), RejectedPermanently("status 550")])
    for nth in range(ROUNDS):
        await asyncio.wait_for(_round(desk, histories, nth), timeout=60)
    await _settle_all(desk)

    obligations = await desk.obligations()
    assert {row["next_action_at"] for row in obligations} == {None}
    settled = Counter(outcome.obligation_id for outcome in await desk.outcomes())
    assert settled == Counter(row["obligation_id"] for row in obligations)
    assert {row["status"] for row in obligations} >= {"informed", "expired", "superseded", "suppressed"}
    expired = {row["obligation_id"] for row in obligations if row["status"] == "expired"}
    tasks = await desk.pool.fetch("SELECT obligation_id FROM human_tasks")
    assert {row["obligation_id"] for row in tasks} == expired
    assert all(count <= 2 for count in (await _reached(desk)).values())


async def _reached(desk: Desk) -> Counter[tuple[UUID, int]]:
    """How often each step may have reached its reader."""
    return Counter(
        (row["obligation_id"], row["step"])
        for row in await desk.attempts()
        if not row["status"].startswith("rejected")
    )
