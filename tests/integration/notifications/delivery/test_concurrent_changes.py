"""A change between two steps, and two workers that look at the same reader."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from services.notifications.channels.channel import RejectedPermanently
from services.notifications.domain.circle.members import Contact
from services.notifications.handlers.delivery.dispatch import dispatch, record_delivery_report
from services.notifications.storage.delivery import attempts
from shared.database.transaction import transaction
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine, carer

pytestmark = pytest.mark.services

OTHER_PHONE = "+33639980002"


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


async def test_while_one_worker_decides_for_a_reader_no_other_worker_does(
    engine: Engine, rose: PersonHistory
) -> None:
    """Two corrections in the same words are due; either alone is right, both are one too many."""
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    await engine.enrol(rose.person_id)
    await engine.turn()
    await _delivered(engine)
    corrections = [
        rose.update(admission, emitted=minutes(30 + nth), occurred_at=minutes(-earlier))
        for nth, earlier in enumerate((45, 40, 45))
    ]
    await engine.state(*corrections)
    async with transaction(engine.pool) as one:
        held = await attempts.lock_due(one, lane="sms", now=engine.now, limit=1)
        assert len(held.obligations) == 1
        assert await engine.claim() == []
    await engine.after(minutes=1)
    assert len(engine.sms.messages) == 2
    assert "CHANGEMENT" in engine.sms.messages[-1].text


async def test_a_refusal_of_the_old_number_does_not_count_against_the_new_one(
    engine: Engine, rose: PersonHistory
) -> None:
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id, carer("sms"))
    (departure,) = await engine.claim()
    engine.sms.results.append(RejectedPermanently("status 400"))
    renumbered = replace(carer("sms"), contacts=(Contact(channel="sms", value=OTHER_PHONE),))
    await engine.enrol(rose.person_id, renumbered, carer_id=carer_id)
    await dispatch(engine.dependencies, "sms", departure)
    assert await engine.pool.fetchval("SELECT state FROM contact_points") == "ok"


async def test_the_same_number_declared_again_is_tried_again(engine: Engine, rose: PersonHistory) -> None:
    engine.sms.results.append(RejectedPermanently("status 400"))
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id)
    await engine.turn()
    await engine.enrol(rose.person_id, carer_id=carer_id)
    states = await engine.pool.fetch("SELECT channel, state FROM contact_points ORDER BY channel")
    assert [tuple(row) for row in states] == [("email", "ok"), ("sms", "ok")]


async def test_news_that_would_expire_in_the_night_is_told_in_the_evening(
    engine: Engine, rose: PersonHistory
) -> None:
    """It came late through our fault: held until the morning, it would never be told."""
    evening = datetime(2026, 3, 2, 20, 45, tzinfo=UTC)
    await engine.state(rose.admit("first", at=minutes(-1500)))
    await engine.enrol(rose.person_id)
    late = rose.discharge("first", at=evening, emitted=evening)
    engine.now = late.recorded_at.replace(day=3, minute=40)
    await engine.state(late)
    await engine.turn()
    assert "a quitté" in engine.sms.messages[-1].text


async def _delivered(engine: Engine) -> None:
    for message in engine.sms.messages:
        await record_delivery_report(
            engine.dependencies, attempt_id=message.attempt_id, provider_id=None, state="delivered"
        )
