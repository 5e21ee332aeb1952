"""A paused lane sends nothing, and everything once it is resumed."""

import asyncio

import pytest

from services.notifications.periodic.fulfil_due_obligations import fulfil_due_sms
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.engine import Engine

pytestmark = pytest.mark.services
_PAUSE = "INSERT INTO pauses VALUES ('sending', 'Ada', 'the provider repeats itself', now())"
_ANSWERED = "SELECT count(*) FROM attempts WHERE status <> 'claimed'"
PATIENCE_SECONDS = 120


async def test_nothing_leaves_while_it_is_paused(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    engine.now = minutes(62)
    await engine.pool.execute(_PAUSE)
    stop = asyncio.Event()
    lane = asyncio.ensure_future(fulfil_due_sms(engine.dependencies, stop))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while "part_holds" not in capsys.readouterr().out:
            assert await engine.pool.fetchval("SELECT count(*) FROM attempts") == 0
        await engine.pool.execute("DELETE FROM pauses")
        while not await engine.pool.fetchval(_ANSWERED):
            assert not lane.done()
    stop.set()
    await lane
    assert len(engine.sms.messages) == 1
