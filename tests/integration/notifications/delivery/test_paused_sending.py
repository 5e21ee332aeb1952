"""A paused lane sends nothing, and everything once it is resumed."""

import asyncio

import pytest

from services.notifications.periodic.fulfil_due_obligations import fulfil_due_sms
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.desk import Desk

pytestmark = pytest.mark.services
_PAUSE = "INSERT INTO pauses VALUES ('sending', 'Ada', 'the provider repeats itself', now())"
_ANSWERED = "SELECT count(*) FROM attempts WHERE status <> 'claimed'"
PATIENCE_SECONDS = 30


async def test_nothing_leaves_while_it_is_paused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    rose = PersonHistory("Rose")
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    desk.now = minutes(62)
    await desk.pool.execute(_PAUSE)
    stop = asyncio.Event()
    lane = asyncio.ensure_future(fulfil_due_sms(desk.dependencies, stop))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "part_holds" not in capsys.readouterr().out:
            assert await desk.pool.fetchval("SELECT count(*) FROM attempts") == 0
        await desk.pool.execute("DELETE FROM pauses")
        while not await desk.pool.fetchval(_ANSWERED):
            assert not lane.done()
    stop.set()
    await lane
    assert len(desk.sms.messages) == 1
