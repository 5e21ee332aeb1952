"""`relais-client` and a real intake, each killed while statements are on their way."""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from relais_client import Queue
from starlette.applications import Starlette
from starlette.routing import Mount

from deploy.local.places import PROJECT
from deploy.local.ports import free_port
from tests.integration.admission.running import Admission
from tests.served import served
from tests.unit.admission.bodies import identifier, movement

pytestmark = pytest.mark.services
PERSONS, OF_EACH, KILLS = 5, 8, 2


def statements() -> list[dict[str, Any]]:
    """Movements of several persons, in turn."""
    return [
        movement(identifier(f"ipp-{person}", "IPP"), source_event_id=f"{person}-{number}")
        for number in range(OF_EACH)
        for person in range(PERSONS)
    ]


@asynccontextmanager
async def sending(file: Path, url: str, key: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command, sending until nothing is queued; it is killed at the end of the block."""
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "relais_client.command",
        *("--queue", str(file), "send", "--until-empty", "--url", url, "--key-file", str(key)),
        env=os.environ | {"PYTHONPATH": str(PROJECT / "client")},
    )
    try:
        yield client
    finally:
        with suppress(ProcessLookupError):
            client.send_signal(signal.SIGKILL)
        await client.wait()


async def until_accepted(queue: Queue, count: int) -> None:
    """Wait until at least so many were."""
    while queue.counts().accepted < count:  # noqa: ASYNC110 - another process counts
        await asyncio.sleep(0.01)


async def test_kills_of_either_side_lose_and_reorder_nothing(admission: Admission, tmp_path: Path) -> None:
    source = await admission.source()
    file, key = tmp_path / "queue.db", tmp_path / "key"
    key.write_text(source.secret)
    port = free_port()
    # Mounted: the application runs already, and is not to be started by who serves it.
    intake = Starlette(routes=[Mount("/", admission.app)])
    with Queue(file) as queue:
        for statement in statements():
            queue.put(statement)
        for kills in range(KILLS):
            # Nobody listens at first: the client waits, and is killed once it is answered.
            async with sending(file, f"http://127.0.0.1:{port}", key), served(intake, port=port):
                await until_accepted(queue, kills * PERSONS + 1)
        async with served(intake, port=port) as url, sending(file, url, key) as client:
            assert await client.wait() == 0
        assert queue.counts().accepted == PERSONS * OF_EACH
        receipts = [queue.settled(each["source_event_id"]) for each in statements()]
    stored = await admission.rows(
        "SELECT receipt_id FROM submissions JOIN ledger USING (event_id) ORDER BY sequence"
    )
    order = {str(row["receipt_id"]): number for number, row in enumerate(stored)}
    assert len(order) == PERSONS * OF_EACH
    places = [order[json.loads(each.answer)["receipt_id"]] for each in receipts if each is not None]
    assert all(sorted(places[person::PERSONS]) == places[person::PERSONS] for person in range(PERSONS))
    assert Counter(places).most_common(1)[0][1] == 1
