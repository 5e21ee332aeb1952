"""The guide "Add a service" is built as it stands, in a copy of the repository, and run."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.ports import free_port
from shared.database.pool import open_pool
from shared.database.transaction import transaction
from shared.events.envelope import NewEvent, RecordedEvent
from shared.events.registry import ADMISSION
from shared.spine.kafka.topics import PARTITIONS
from shared.spine.outbox.append import append
from shared.spine.outbox.relay import Relay
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes

pytestmark = pytest.mark.services

PROJECT: Final = Path(__file__).parents[4]
GUIDE: Final = (PROJECT / "docs" / "guides" / "add-a-service.md").read_text()
TOPIC: Final = "relais.readmissions"
PATIENCE_SECONDS: Final = 90
BASH: Final = shutil.which("bash") or "bash"
THREE_DAYS_LATER: Final = minutes(3 * 24 * 60)

_FILE: Final = re.compile(r"^`([\w/]+\.py)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMANDS: Final = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of what a service is written in."""
    for folder in ("services", "shared"):
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_author_writes_four_files() -> None:
    assert len(_FILE.findall(GUIDE)) == 4


async def test_the_service_of_the_guide_publishes_a_readmission(
    repository: Path, create_database: Callable[..., str], kafka_bootstrap: str
) -> None:
    admission = await asyncio.to_thread(create_database, "admission")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(repository),
        "RELAIS_DATABASE_URL": await asyncio.to_thread(create_database),
        "RELAIS_KAFKA_BOOTSTRAP": kafka_bootstrap,
    }
    *setup, worker, api = _COMMANDS.findall(GUIDE)
    await asyncio.to_thread(_build, repository, setup, environment)

    rose, port = PersonHistory(f"Rose {uuid4()}"), free_port()
    second = rose.admit("second", at=THREE_DAYS_LATER, establishment=NURSING_HOME)
    first = rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    with (
        _running(worker, repository, environment),
        _running(api.replace("8110", str(port)).replace("8140", str(free_port())), repository, environment),
    ):
        # The later admission comes first: a projection gives the same in any order.
        await _publish(admission, kafka_bootstrap, [second, first])
        assert await _next_about(kafka_bootstrap, rose.person_id) == {
            "movement_id": str(second.data.movement_id),  # type: ignore[attr-defined]
            "establishment": NURSING_HOME,
            "admitted_at": f"{THREE_DAYS_LATER:%FT%TZ}",
            "previously_admitted_at": f"{minutes(0):%FT%TZ}",
        }
        assert (await _get(f"http://127.0.0.1:{port}/ready")).status_code == 200


def _build(repository: Path, commands: Sequence[str], environment: dict[str, str]) -> None:
    for name, text in _FILE.findall(GUIDE):
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for block in commands:
        subprocess.run([BASH, "-euc", block], cwd=repository, env=environment, check=True, timeout=120)
    # The import rules see a room only where it is a package.
    rooms = (path.parent for path in (repository / "services" / "readmissions").glob("*/*.py"))
    assert all((room / "__init__.py").exists() for room in rooms)
    # What was written and drafted passes the linter, as its last sentence expects.
    style = str(PROJECT / "pyproject.toml")
    linter = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", style]
    subprocess.run(linter, cwd=repository, check=True, timeout=60)


@contextmanager
def _running(command: str, repository: Path, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([BASH, "-euc", f"exec {command}"], cwd=repository, env=environment)
    try:
        yield
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(30)


async def _publish(database_url: str, bootstrap: str, events: Sequence[RecordedEvent]) -> None:
    async with open_pool(database_url, application_name="test") as pool:
        async with transaction(pool) as connection:
            stated = [
                NewEvent(event_id=it.event_id, subject=it.subject, occurred_at=it.occurred_at, data=it.data)
                for it in events
            ]
            await append(connection, publisher=ADMISSION, events=stated, recorded_at=minutes(0))
        await Relay(pool, bootstrap, ADMISSION).relay_once()


async def _next_about(bootstrap: str, person_id: UUID) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS), _readmissions(bootstrap) as topic:
        while True:
            record = await topic.getone()
            if record.key == str(person_id).encode():
                return httpx.Response(200, content=record.value).json()


@asynccontextmanager
async def _readmissions(bootstrap: str) -> AsyncIterator[Any]:
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await reader.start()
    try:
        # The service's relay makes the topic.
        while TOPIC not in await reader.topics():
            continue
        reader.assign([TopicPartition(TOPIC, number) for number in range(PARTITIONS)])
        yield reader
    finally:
        await reader.stop()


async def _get(url: str) -> httpx.Response:
    async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                return await client.get(url)
            except httpx.ConnectError:
                continue
