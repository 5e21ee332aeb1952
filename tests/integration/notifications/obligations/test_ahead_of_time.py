"""A fact that its source dates ahead is not told before it has happened."""

import pytest

from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine, carer

pytestmark = pytest.mark.services


async def test_a_fact_that_is_dated_ahead_is_told_when_it_has_happened(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer(night=True))
    await engine.turn()
    await engine.state(rose.discharge("stay", at=minutes(36 * 60)))
    await engine.after(hours=30)
    assert len(engine.sms.messages) == 1

    await engine.after(hours=7)
    assert "a quitté" in engine.sms.messages[-1].text


async def test_to_change_a_carer_does_not_bring_the_future_forward(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id, carer(night=True))
    await engine.turn()
    await engine.state(rose.discharge("stay", at=minutes(36 * 60)))
    await engine.enrol(rose.person_id, carer("sms", night=True), carer_id=carer_id)
    await engine.after(hours=30)
    assert len(engine.sms.messages) == 1

    await engine.after(hours=7)
    assert "a quitté" in engine.sms.messages[-1].text
