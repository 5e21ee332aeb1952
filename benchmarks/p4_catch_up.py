"""P4: measures how fast each consumer catches up with a backlog, beside the bare fenced apply."""

import asyncio
import base64
import statistics
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import asyncpg
import uvloop

from benchmarks.limits import fsync
from benchmarks.load import cost
from benchmarks.results import Aim, Result, Row
from benchmarks.setup import backlog
from benchmarks.setup.contestants import service_environment
from benchmarks.setup.processes import open_process
from benchmarks.setup.servers import Database, open_kafka, open_postgres, scratch_folder
from shared.database.migrations import migrate
from shared.events.registry import ADMISSION, TOPICS

SERVICES = ("pathway", "notifications", "indicators")
TOPIC = TOPICS[ADMISSION]
_POLL_SECONDS = 0.1
_MOST_SECONDS = 1500.0
_APPLIED = "SELECT coalesce(sum(next_offset), 0)::bigint FROM checkpoint WHERE topic = $1"
# Nothing is sent in this run: every circle is empty.
_NOTIFICATIONS = {
    "RELAIS_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    "RELAIS_SMS_URL": "http://127.0.0.1:9",
    "RELAIS_SMS_USERNAME": "benchmark",
    "RELAIS_SMS_PASSWORD": "benchmark",
    "RELAIS_SMTP_HOST": "127.0.0.1",
    "RELAIS_SMTP_PORT": "9",
    "RELAIS_MAIL_FROM": "relais@example.org",
    "RELAIS_PUBLIC_URL": "http://127.0.0.1:9",
}


@dataclass(frozen=True)
class Backlog:
    """The servers, with `count` events waiting in admission's topic."""

    folder: Path
    database: Database
    bootstrap: str
    events: int


def run(options: Namespace) -> Result:
    """Let each consumer read the same backlog in turn, the bare one first and last."""
    with _open_backlog(options.events) as waiting:
        cells = [_measure_bare(waiting, "bare_0")]
        cells += [_service(waiting, service) for service in SERVICES]
        cells += [_measure_bare(waiting, "bare_1")]
    rows = _rows(cells)
    aims = [
        Aim(f"{row['consumer']}, of the bare apply", float(row["of the bare apply"] or 0), at_least=0.6)
        for row in rows
        if row["consumer"] in SERVICES
    ]
    return Result("p4", "Catch-up", rows, aims, cells, vars(options))


@contextmanager
def _open_backlog(events: int) -> Iterator[Backlog]:
    with scratch_folder() as folder, open_postgres(folder) as database, open_kafka(folder) as bootstrap:
        database.make([*SERVICES, "bare_0", "bare_1"])
        for service in SERVICES:
            migrate(service, database.url(service))
        uvloop.run(backlog.send(bootstrap, events))
        yield Backlog(folder, database, bootstrap, events // backlog.EACH * backlog.EACH)


def _service(waiting: Backlog, service: str) -> dict[str, Any]:
    environment = service_environment(service, waiting.database, waiting.bootstrap)
    if service == "notifications":
        environment |= _NOTIFICATIONS
    return _caught_up(waiting, service, f"services.{service}.worker", service, environment)


def _measure_bare(waiting: Backlog, database_name: str) -> dict[str, Any]:
    environment = {
        "BARE_DATABASE_URL": waiting.database.url(database_name),
        "BARE_KAFKA_BOOTSTRAP": waiting.bootstrap,
        "BARE_TOPIC": TOPIC,
    }
    return _caught_up(waiting, "bare", "benchmarks.limits.bare_apply", database_name, environment)


def _caught_up(
    waiting: Backlog, consumer: str, module: str, database_name: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Start a consumer and wait until all is applied; time and cost count from its first commit."""
    probe = fsync.fdatasyncs_per_second(waiting.folder)
    with open_process(waiting.folder, module, environment) as process:
        url = waiting.database.url(database_name)
        asyncio.run(_watch(process, url, 1))
        before = cost.read(waiting.database)
        applied = asyncio.run(_watch(process, url, waiting.events))
        after = cost.read(waiting.database)
    (begin, already), (end, all_of_them) = applied[0], applied[-1]
    return {
        "consumer": consumer,
        "fdatasync/s": probe,
        "events/s": (all_of_them - already) / (end - begin),
        "seconds": end - begin,
        "cost": cost.per_event(before, after, all_of_them - already),
        "applied": applied,
    }


async def _watch(process: Popen[bytes], url: str, events: int) -> list[tuple[float, int]]:
    """Times and numbers of applied events, from the first commit to the last."""
    seen: list[tuple[float, int]] = []
    connection = await asyncpg.connect(url, timeout=60)
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            while not seen or seen[-1][1] < events:
                await asyncio.sleep(_POLL_SECONDS)
                if process.poll() is not None:
                    raise RuntimeError(f"it ended with {process.returncode}")
                count = await _count_applied(connection)
                if count:
                    seen.append((time.perf_counter(), count))
    finally:
        await connection.close()
    return seen


async def _count_applied(connection: asyncpg.Connection) -> int:
    try:
        return int(await connection.fetchval(_APPLIED, TOPIC))
    except asyncpg.UndefinedTableError:  # the bare consumer has not created its tables yet
        return 0


def _rows(cells: list[dict[str, Any]]) -> list[Row]:
    bare = statistics.mean(cell["events/s"] for cell in cells if cell["consumer"] == "bare")
    return [
        {
            "consumer": cell["consumer"],
            "events/s": cell["events/s"],
            "seconds": cell["seconds"],
            "of the bare apply": cell["events/s"] / bare,
            "fdatasync/s": cell["fdatasync/s"],
            **cell["cost"],
        }
        for cell in cells
    ]
