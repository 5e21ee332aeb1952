"""P11: measures what an honest sender notices of a crowd: its p99 beside each attack, and without."""

import statistics
import uuid
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any, Final

import uvloop

from benchmarks.load.attacks import ATTACKS
from benchmarks.load.closed_loop import movements
from benchmarks.load.open_loop import Offered, offer
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.contestants import FINESS, intake_key, open_platform
from benchmarks.setup.processes import open_process
from benchmarks.setup.servers import open_kafka, open_postgres, scratch_folder
from shared.database.migrations import migrate

PER_SECOND: Final = 200
SETTLING_SECONDS: Final = 4
NOTHING: Final = "nothing"


def run(options: Namespace) -> Result:
    """In each round: the honest sender alone, then beside each attack."""
    cells: list[dict[str, Any]] = []
    with _platform() as (folder, url, honest, crowd):
        _offered(url, honest, options.seconds)
        for _ in range(options.rounds):
            for attack in (NOTHING, *ATTACKS):
                with ExitStack() as stack:
                    if attack != NOTHING:
                        stack.enter_context(
                            open_process(folder, "benchmarks.load.attacks", {}, attack, url, crowd)
                        )
                        _offered(url, honest, SETTLING_SECONDS)
                    cells.append({"attack": attack, **asdict(_offered(url, honest, options.seconds))})
    rows = [_row(attack, cells) for attack in (NOTHING, *ATTACKS)]
    aims = [
        Aim(f"p99 beside {row['attack']}", float(row["p99 of alone"] or 0), at_most=2) for row in rows[1:]
    ]
    return Result("p11", "Fairness", rows, aims, cells, vars(options))


@contextmanager
def _platform() -> Iterator[tuple[Any, str, dict[str, str], str]]:
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        database = stack.enter_context(open_postgres(folder))
        bootstrap = stack.enter_context(open_kafka(folder))
        database.make(["admission"])
        migrate("admission", database.url("admission"))
        url, operator_key = stack.enter_context(open_platform(folder, database, bootstrap))
        honest, crowd = intake_key(url, operator_key), intake_key(url, operator_key)
        yield folder, url, {"Authorization": f"Bearer {honest}"}, crowd


def _offered(url: str, headers: dict[str, str], seconds: float) -> Offered:
    count = int(PER_SECOND * seconds)
    bodies = list(movements(count, establishment=FINESS, prefix=uuid.uuid4().hex))
    return uvloop.run(offer(f"{url}/v1/movements", bodies, per_second=PER_SECOND, headers=headers))


def _row(attack: str, cells: list[dict[str, Any]]) -> Row:
    def median(name: str, of: str) -> float:
        return float(statistics.median(cell[name] for cell in cells if cell["attack"] == of))

    mine = [cell for cell in cells if cell["attack"] == attack]
    asked = sum(sum(cell["statuses"].values()) for cell in mine)
    accepted = sum(cell["statuses"].get(status, 0) for cell in mine for status in (200, 202))
    return {
        "attack": attack,
        "p50 ms": median("p50_ms", attack),
        "p99 ms": median("p99_ms", attack),
        "p99 of alone": median("p99_ms", attack) / median("p99_ms", NOTHING),
        "accepted": accepted / asked,
    }
