"""A lane learns from a commit that there is something to send, without polling."""

import asyncio

import pytest

from services.notifications.periodic import fulfil_due_obligations as lanes
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.desk import Desk

pytestmark = pytest.mark.services
PATIENCE_SECONDS = 30


async def test_what_a_transaction_plans_leaves_though_its_lane_would_not_look_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "IDLE_SECONDS", float("inf"))
    stop, rose = asyncio.Event(), PersonHistory("Rose")
    desk.now = minutes(0)
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    lane = asyncio.ensure_future(lanes.fulfil_due_sms(desk.dependencies, stop))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await desk.sms.until_sent(1)
        desk.now = minutes(62)
        await desk.state(rose.discharge("stay", at=minutes(61)))
        await desk.sms.until_sent(2)
    stop.set()
    await lane
