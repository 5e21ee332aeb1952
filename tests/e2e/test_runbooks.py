"""The commands of the runbooks work as they stand there: those in blocks that are marked `sh run`."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from deploy.local.places import PROJECT
from deploy.local.servers.kafka_users import OPERATOR
from shared.spine.kafka.broker import Broker
from shared.spine.kafka.clients import open_producer
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.testing.records import NOW
from tests.e2e.establishment import Services
from tests.e2e.eventually import eventually
from tests.e2e.running import RunningPlatform, broker_of

pytestmark = pytest.mark.services

PAGES = sorted((PROJECT / "docs" / "runbooks").glob("*.md"))
BLOCK = re.compile(r"^( *)```sh run\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
# Only indicators reads this topic; the publisher is none, so that nobody looks for a ledger of it.
TOPIC, PUBLISHER = "relais.notifications", "practice"
ONLY_LOOKS = ("relais status", "relais logs")
WITHIN_SECONDS = 300


def _scripts() -> dict[Path, str]:
    """What each page tells to run; what only looks is not repeated for a page when an earlier one has it."""
    scripts: dict[Path, str] = {}
    looked: set[str] = set()
    for page in PAGES:
        blocks = "".join(block for _, block in BLOCK.findall(page.read_text(encoding="utf-8")))
        lines = [line.strip() for line in blocks.splitlines()]
        scripts[page] = "\n".join(line for line in lines if line not in looked)
        looked |= {line for line in lines if line.startswith(ONLY_LOOKS)}
    return {page: script for page, script in scripts.items() if script}


SCRIPTS = _scripts()


@pytest.fixture(scope="module")
def parked(platform: RunningPlatform, services: Services) -> dict[str, str]:
    """Two persons with a wrong event each and another one behind it: the first is repaired already."""
    events = [event for subject in (uuid4(), uuid4()) for event in _wrong_and_next(subject)]
    asyncio.run(_send(broker_of(platform, OPERATOR), events))
    with httpx.Client(
        base_url=str(platform.parts()["indicators-api"]["operations"]),
        headers={"Authorization": f"Bearer {platform.operator_key}"},
        timeout=60,
    ) as operator:

        def numbers() -> list[int]:
            found = operator.get("/v1/parked", params={"publisher": PUBLISHER}).json()["parked"]
            # The two subjects are on two partitions: who is parked first is nobody's promise.
            number_of = {event["event_id"]: event["parked_id"] for event in found}
            return [number_of[str(event.event_id)] for event in events] if len(found) == 4 else []

        wrong, repaired, also_wrong, _ = eventually(numbers)
        decided = {"by": "test", "because": "what waits behind it stands for one that was repaired"}
        operator.post(f"/v1/parked/{wrong}/dismiss", json=decided).raise_for_status()
    return {"NUMBER": str(repaired), "WRONG": str(also_wrong)}


async def _send(broker: Broker, events: Sequence[LedgerEvent]) -> None:
    async with open_producer(broker, client_id="test") as producer:
        for event in events:
            record = as_incoming(PUBLISHER, event)
            await producer.send_and_wait(TOPIC, record.value, key=record.key, headers=list(record.headers))


def _wrong_and_next(subject: UUID) -> tuple[LedgerEvent, LedgerEvent]:
    return _event(subject, 1, b'{"key_id":7}'), _event(subject, 2, b'{"key_id":"%s"}' % str(uuid4()).encode())


def _event(subject: UUID, sequence: int, data: bytes) -> LedgerEvent:
    return LedgerEvent(
        event_id=uuid4(),
        subject=subject,
        sequence=sequence,
        type="relais.admission.access-revoked.v1",
        occurred_at=NOW,
        recorded_at=NOW,
        data=msgspec.Raw(data),
    )


@pytest.mark.parametrize("page", SCRIPTS, ids=lambda page: page.stem)
def test_the_commands_of_a_page_work(page: Path, platform: RunningPlatform, parked: dict[str, str]) -> None:
    here = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", SCRIPTS[page]],  # noqa: S607
        env={**platform.environment, **parked, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{SCRIPTS[page]}\n{done.stdout}{done.stderr}"
