"""P1: measures single POSTs beside the textbook peer and the raw limit, in interleaved rounds.

Both contestants answer after the event is stored with fsync on. The peer also waits for Kafka; ours
stores the outbox row, and its relay sends at the same time on the same two cores.
"""

import asyncio
import statistics
import uuid
from argparse import Namespace
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import uvloop

from benchmarks.limits import bare_inserts, fsync
from benchmarks.load import cost
from benchmarks.load.closed_loop import Measured, movements, post_all
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.contestants import FINESS, Contestants, open_contestants

PEER_SHARE = 4
"""The peer gets fewer requests, so that its rounds take about as long."""


@dataclass(frozen=True)
class Cell:
    """One contestant under one load."""

    contestant: str
    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    fdatasyncs_per_second: float
    statuses: dict[int, int]
    cost: dict[str, float]


def run(options: Namespace) -> Result:
    """Interleave the rounds of both."""
    connections = (16, 128)
    cells: list[Cell] = []
    limits: list[float] = []
    with open_contestants() as contestants:
        _cell(contestants, "relais", 64, 1000)
        _cell(contestants, "peer", 64, 250)
        for _ in range(options.rounds):
            limits.append(bare_limit(contestants))
            for count in connections:
                cells.append(_cell(contestants, "peer", count, options.requests // PEER_SHARE))
                cells.append(_cell(contestants, "relais", count, options.requests))
    rows = [_row(cells, count, statistics.median(limits)) for count in connections]
    crowd = rows[-1]
    return Result(
        "p1",
        "Single POST",
        rows,
        [
            Aim("times the peer", float(crowd["times the peer"] or 0), at_least=8),
            Aim("p99 of the peer's", float(crowd["p99 of the peer's"] or 0), at_most=1 / 8),
        ],
        [*map(asdict, cells), {"bare_inserts_per_second": limits}],
        vars(options),
    )


def bare_limit(contestants: Contestants) -> float:
    """Events per second that `unnest` inserts alone store now."""
    payload = next(movements(1, establishment=FINESS, prefix="bare"))
    url = contestants.database.url("bare")
    return asyncio.run(bare_inserts.events_per_second(url, statements=100, payload=payload))


def _cell(contestants: Contestants, contestant: str, connections: int, requests: int) -> Cell:
    probe = fsync.fdatasyncs_per_second(contestants.folder)
    url, headers = (contestants.peer, {}) if contestant == "peer" else (contestants.ours, contestants.headers)
    before = cost.read(contestants.database)
    measured = measure(url, headers, connections, requests)
    after = cost.read(contestants.database)
    refused = Counter({status: n for status, n in measured.statuses.items() if status not in {200, 202}})
    if refused:
        raise RuntimeError(f"{contestant} refused requests: {dict(refused)}")
    return Cell(
        contestant=contestant,
        connections=connections,
        per_second=measured.requests_per_second,
        p50_ms=measured.p50_ms,
        p99_ms=measured.p99_ms,
        fdatasyncs_per_second=probe,
        statuses=dict(measured.statuses),
        cost=cost.per_event(before, after, requests),
    )


def measure(url: str, headers: dict[str, str], connections: int, requests: int) -> Measured:
    """Post `count` new admissions."""
    bodies = list(movements(requests, establishment=FINESS, prefix=uuid.uuid4().hex))
    # The servers' event loop: a slower client would limit the figure.
    load = post_all(f"{url}/v1/movements", bodies, connections=connections, headers=headers)
    return uvloop.run(load)


def _row(cells: list[Cell], connections: int, limit: float) -> Row:
    """Medians over the rounds, and the ratios, which can be compared between machines."""
    ours = [c for c in cells if c.connections == connections and c.contestant == "relais"]
    peer = [c for c in cells if c.connections == connections and c.contestant == "peer"]

    def median(of: list[Cell], what: str) -> float:
        return float(statistics.median(getattr(cell, what) for cell in of))

    rate, peer_rate = median(ours, "per_second"), median(peer, "per_second")
    p99, peer_p99 = median(ours, "p99_ms"), median(peer, "p99_ms")
    return {
        "connections": connections,
        "relais/s": rate,
        "relais p50 ms": median(ours, "p50_ms"),
        "relais p99 ms": p99,
        "peer/s": peer_rate,
        "peer p50 ms": median(peer, "p50_ms"),
        "peer p99 ms": peer_p99,
        "times the peer": rate / peer_rate,
        "p99 of the peer's": p99 / peer_p99,
        "bare inserts/s": limit,
        "of bare inserts": rate / limit,
        "fdatasync/s": median(ours + peer, "fdatasyncs_per_second"),
        **median_cost([cell.cost for cell in ours]),
    }


def median_cost(costs: list[dict[str, Any]]) -> dict[str, float]:
    """Each figure's median over the rounds."""
    names = sorted({name for one in costs for name in one})
    return {name: statistics.median(one.get(name, 0.0) for one in costs) for name in names}
