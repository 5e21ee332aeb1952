"""A worker that dies between the call and its outcome leaves the callback to be sent again, under its id."""

import asyncio
import os
import signal
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from deploy.local.places import PROJECT
from tests.continuity.failpoints import CALLBACK_ANSWERED, VARIABLE, arm
from tests.integration.admission.callbacks.conftest import Told
from tests.integration.admission.running import MASTER_KEY

pytestmark = pytest.mark.services


@asynccontextmanager
async def worker(database_url: str, failpoints: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker of admission, which is killed at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.continuity.launch", "admission", "services.admission.worker"),
        cwd=PROJECT,
        env={
            **os.environ,
            VARIABLE: str(failpoints),
            "RELAIS_DATABASE_URL": database_url,
            "RELAIS_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "RELAIS_MASTER_KEY": b64encode(MASTER_KEY).decode(),
            "RELAIS_CALLBACK_NETWORKS": "127.0.0.0/8",
        },
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_a_callback_whose_outcome_is_unknown_is_the_same_callback_again(
    told: Told, tmp_path: Path
) -> None:
    secret = await told.register()
    await told.state("his-1")
    url = told.admission.service.settings.database_url
    arm(tmp_path, CALLBACK_ANSWERED, passage=1)
    async with asyncio.timeout(60), worker(url, tmp_path) as killed:
        assert await killed.wait() == -signal.SIGKILL
    assert [(each["state"], each["attempts"]) for each in await told.deliveries()] == [("waiting", 1)]
    await told.admission.rows("UPDATE callback_deliveries SET due_at = now()")  # its minute is over
    async with asyncio.timeout(60), worker(url, tmp_path):
        while [each["state"] for each in await told.deliveries()] != ["delivered"]:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.05)
    assert len(told.endpoint.ids) == 2
    assert len(set(told.endpoint.ids)) == len(set(told.endpoint.raw)) == 1
    assert [each.source_event_id for each in told.endpoint.verified(secret)] == ["his-1", "his-1"]
