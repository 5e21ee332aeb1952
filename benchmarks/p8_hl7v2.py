"""P8: measures HL7 v2 over HTTP and over MLLP beside the JSON door, in interleaved rounds.

All three store the same admission and answer after its commit. Each door is one process.
"""

import statistics
import uuid
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvloop

from benchmarks.limits import fsync
from benchmarks.load import cost
from benchmarks.load.closed_loop import Measured, movements, post_all
from benchmarks.load.mllp import admissions, send_all
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.contestants import FINESS, open_mllp, open_platform
from benchmarks.setup.servers import Database, open_kafka, open_postgres, scratch_folder
from shared.database.migrations import migrate

DOORS: Final = ("json", "http", "mllp")
CONNECTIONS: Final = (16, 128)
PUBLISHED: Final = 400
"""Messages a second that the agent of Medplum is published to take."""


@dataclass(frozen=True)
class _Doors:
    folder: Path
    database: Database
    urls: Mapping[str, str]
    headers: dict[str, str]


def run(options: Namespace) -> Result:
    """Interleave the rounds of the doors."""
    cells: list[dict[str, Any]] = []
    with _doors() as doors:
        for door in DOORS:
            _cell(doors, door, 64, 1000)
        for _ in range(options.rounds):
            cells += [_cell(doors, door, count, options.requests) for count in CONNECTIONS for door in DOORS]
    rows = [_row(cells, door, count) for count in CONNECTIONS for door in DOORS]
    crowd = {str(row["door"]): row for row in rows if row["connections"] == CONNECTIONS[-1]}
    aims = [Aim(f"{door}: of JSON", float(crowd[door]["of JSON"] or 0), at_least=0.5) for door in DOORS[1:]]
    aims.append(Aim("mllp: times 400/s", float(crowd["mllp"]["per second"] or 0) / PUBLISHED, at_least=5))
    return Result("p8", "HL7 v2", rows, aims, cells, vars(options))


@contextmanager
def _doors() -> Iterator[_Doors]:
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        database = stack.enter_context(open_postgres(folder))
        bootstrap = stack.enter_context(open_kafka(folder))
        database.make(["admission"])
        migrate("admission", database.url("admission"))
        url, operator_key = stack.enter_context(open_platform(folder, database, bootstrap))
        mllp, key = stack.enter_context(open_mllp(folder, database, bootstrap, url, operator_key))
        urls = {"json": f"{url}/v1/movements", "http": f"{url}/v1/hl7v2", "mllp": mllp}
        yield _Doors(folder, database, urls, {"Authorization": f"Bearer {key}"})


def _cell(doors: _Doors, door: str, connections: int, requests: int) -> dict[str, Any]:
    probe = fsync.fdatasyncs_per_second(doors.folder)
    before = cost.read(doors.database)
    measured = uvloop.run(_load(doors, door, connections, requests))
    return {
        "door": door,
        "connections": connections,
        "per_second": measured.requests_per_second,
        "p50_ms": measured.p50_ms,
        "p99_ms": measured.p99_ms,
        "statuses": dict(measured.statuses),
        "fdatasync/s": probe,
        "cost": cost.per_event(before, cost.read(doors.database), requests),
    }


async def _load(doors: _Doors, door: str, connections: int, requests: int) -> Measured:
    prefix, url = uuid.uuid4().hex, doors.urls[door]
    if door == "json":
        bodies = list(movements(requests, establishment=FINESS, prefix=prefix))
        return await post_all(url, bodies, connections=connections, headers=doors.headers)
    messages = list(admissions(requests, prefix=prefix))
    if door == "http":
        return await post_all(url, messages, connections=connections, headers=doors.headers)
    return await send_all(url, messages, connections=connections)


def _row(cells: list[dict[str, Any]], door: str, connections: int) -> Row:
    def of(which: str) -> list[dict[str, Any]]:
        return [each for each in cells if each["door"] == which and each["connections"] == connections]

    mine = of(door)
    # Within a round, because the speed of the disk changes between rounds.
    ratios = [
        ours["per_second"] / theirs["per_second"] for ours, theirs in zip(mine, of("json"), strict=True)
    ]
    answered = sum(sum(each["statuses"].values()) for each in mine)
    accepted = sum(each["statuses"].get(status, 0) for each in mine for status in (200, 202))
    return {
        "door": door,
        "connections": connections,
        "per second": statistics.median(each["per_second"] for each in mine),
        "of JSON": statistics.median(ratios),
        "p50 ms": statistics.median(each["p50_ms"] for each in mine),
        "p99 ms": statistics.median(each["p99_ms"] for each in mine),
        "accepted": accepted / answered,
        "fdatasync/s": statistics.median(each["fdatasync/s"] for each in mine),
    }
