"""A lane learns from a commit that there is something to send, without polling."""

import asyncio

import pytest

from services.notifications.periodic import fulfil_due_obligations as lanes
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine

pytestmark = pytest.mark.services
PATIENCE_SECONDS = 120


async def test_what_a_transaction_plans_leaves_though_its_lane_would_not_look_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "IDLE_SECONDS", float("inf"))
    stop, rose = asyncio.Event(), PersonHistory("Rose")
    engine.now = minutes(0)
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    lane = asyncio.ensure_future(lanes.fulfil_due_sms(engine.dependencies, stop))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await engine.sms.until_sent(1)
        engine.now = minutes(62)
        await engine.state(rose.discharge("stay", at=minutes(61)))
        await engine.sms.until_sent(2)
    stop.set()
    await lane
