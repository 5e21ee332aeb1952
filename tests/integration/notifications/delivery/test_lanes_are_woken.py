"""Does a lane learn from a commit that there is something to send, without waiting to look again?"""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.notifications import wiring
from services.notifications.periodic import fulfil_due_obligations as lanes
from services.notifications.settings import Settings
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.testing.person_history import PersonHistory, minutes
from tests.integration.notifications.desk import Desk

pytestmark = pytest.mark.services
PATIENCE_SECONDS = 30


def settings_of(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        kafka_bootstrap="127.0.0.1:1",
        master_key=base64.b64encode(bytes(range(32))).decode(),
        sms_url="http://127.0.0.1:1",
        sms_username="relais",
        sms_password="secret",
        smtp_host="127.0.0.1",
        smtp_port=1,
        mail_from="relais@exemple.fr",
        public_url="https://p.exemple.fr/",
    )


async def test_what_the_consumer_commits_leaves_though_its_lane_would_not_look_again(
    create_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    after_commits: list[Callable[[], None]] = []

    class Consumer(BatchConsumer):
        def __init__(self, *args: Any, after_commit: Callable[[], None], **kwargs: Any) -> None:
            super().__init__(*args, after_commit=after_commit, **kwargs)
            after_commits.append(after_commit)

    monkeypatch.setattr(wiring, "BatchConsumer", Consumer)
    monkeypatch.setattr(lanes, "IDLE_SECONDS", float("inf"))
    settings = settings_of(await asyncio.to_thread(create_database, "notifications"))
    async with wiring.open_service(settings) as service:
        desk = Desk(service.means.pool, now=minutes(0))
        stop = asyncio.Event()
        duties = wiring.duties(replace(service, means=desk.dependencies), settings)
        rose = PersonHistory("Rose")
        await desk.state(rose.admit("stay", at=minutes(0)))
        await desk.enrol(rose.person_id)
        lane = asyncio.ensure_future(duties["fulfil_sms"](stop))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await desk.sms.until_sent(1)
            desk.now = minutes(62)
            await desk.state(rose.discharge("stay", at=minutes(61)))
            after_commits[0]()
            await desk.sms.until_sent(2)
        stop.set()
        await lane
