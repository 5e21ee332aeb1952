"""P7: measures goodput, refusals, memory and recovery at twice the highest load that can be served."""

import statistics
import time
import uuid
from argparse import Namespace
from dataclasses import asdict
from typing import Any

import uvloop

from benchmarks.limits import fsync
from benchmarks.load import cost
from benchmarks.load.closed_loop import movements
from benchmarks.load.open_loop import Offered, offer
from benchmarks.p1_single import PEER_SHARE, measure
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.contestants import FINESS, Contestants, open_contestants

CROWD = 128
TIMES = 2
_MEGABYTE = 1_000_000


def run(options: Namespace) -> Result:
    """In each round: the closed loop's maximum, then twice that rate offered, then a closed loop again."""
    cells: list[dict[str, Any]] = []
    with open_contestants() as contestants:
        measure(contestants.ours, contestants.headers, CROWD, 2000)
        for _ in range(options.rounds):
            cells += [_cell(contestants, contestant, options) for contestant in ("relais", "peer")]
    rows = [_row(contestant, cells) for contestant in ("relais", "peer")]
    return Result(
        "p7",
        "Overload",
        rows,
        [
            Aim("goodput of the most", float(rows[0]["goodput of the most"] or 0), at_least=0.9),
            Aim("memory added, MB", float(rows[0]["memory added, MB"] or 0), at_most=200),
        ],
        cells,
        vars(options),
    )


def _cell(contestants: Contestants, contestant: str, options: Namespace) -> dict[str, Any]:
    url, headers, app = (
        (contestants.ours, contestants.headers, "services.admission.main:app")
        if contestant == "relais"
        else (contestants.peer, {}, "benchmarks.peer.textbook:app")
    )
    requests = options.requests if contestant == "relais" else options.requests // PEER_SHARE
    probe = fsync.fdatasyncs_per_second(contestants.folder)
    most = measure(url, headers, CROWD, requests).requests_per_second
    memory = cost.resident_bytes(app)
    offered = _offer(url, headers, most * TIMES, options.seconds)
    added = cost.resident_bytes(app) - memory
    began = time.perf_counter()
    after = measure(url, headers, CROWD, requests)
    return {
        "contestant": contestant,
        "fdatasync/s": probe,
        "most/s": most,
        "memory added, MB": added / _MEGABYTE,
        "after/s": after.requests_per_second,
        "after seconds": time.perf_counter() - began,
        **asdict(offered),
    }


def _offer(url: str, headers: dict[str, str], per_second: float, seconds: float) -> Offered:
    count = int(per_second * seconds)
    bodies = list(movements(count, establishment=FINESS, prefix=uuid.uuid4().hex))
    return uvloop.run(offer(f"{url}/v1/movements", bodies, per_second=per_second, headers=headers))


def _row(contestant: str, cells: list[dict[str, Any]]) -> Row:
    mine = [cell for cell in cells if cell["contestant"] == contestant]

    def median(name: str) -> float:
        return float(statistics.median(cell[name] for cell in mine))

    def share(*statuses: int) -> float:
        shares = (
            sum(cell["statuses"].get(status, 0) for status in statuses) / sum(cell["statuses"].values())
            for cell in mine
        )
        return float(statistics.median(shares))

    ratios = [cell["goodput_per_second"] / cell["most/s"] for cell in mine]
    return {
        "contestant": contestant,
        "most/s": median("most/s"),
        "offered/s": median("offered_per_second"),
        "goodput/s": median("goodput_per_second"),
        "goodput of the most": statistics.median(ratios),
        "accepted p50 ms": median("p50_ms"),
        "accepted p99 ms": median("p99_ms"),
        "refused with 503": share(503),
        "without an answer": share(0),
        "memory added, MB": max(cell["memory added, MB"] for cell in mine),
        "after it, of the most": statistics.median(cell["after/s"] / cell["most/s"] for cell in mine),
        "fdatasync/s": median("fdatasync/s"),
    }
