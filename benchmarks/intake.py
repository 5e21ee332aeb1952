"""How fast is intake, beside the textbook and the raw limit? Rounds are interleaved, the disk is probed.

Both contestants answer after the event is stored with fsync on. The peer also waits for Kafka; ours
stores the outbox row, and its relay sends at the same time on the same two cores.
"""

import asyncio
import statistics
import uuid
from collections import Counter
from dataclasses import asdict, dataclass

import httpx
import uvloop

from benchmarks import bare_inserts, fsync
from benchmarks.arena import Arena
from benchmarks.load import Measured, movements, post_all

FINESS = "750000002"
_CLIENT_SECONDS = 10.0


@dataclass(frozen=True)
class Cell:
    """One contestant under one load."""

    contestant: str
    connections: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    fdatasyncs_per_second: float
    statuses: dict[int, int]


def run(arena: Arena, *, rounds: int, requests: int, connections: tuple[int, ...]) -> dict[str, object]:
    """Measure; the answer is fit for JSON."""
    key = _intake_key(arena)
    cells: list[Cell] = []
    limits: list[float] = []
    for _ in range(rounds):
        payload = next(movements(1, establishment=FINESS, prefix="bare"))
        limits.append(
            asyncio.run(bare_inserts.events_per_second(arena.database, statements=50, payload=payload))
        )
        for count in connections:
            for contestant, url, headers in (
                ("peer", arena.peer, {}),
                ("relais", arena.ours, {"Authorization": f"Bearer {key}"}),
            ):
                probe = fsync.fdatasyncs_per_second(arena.folder)
                measured = _measure(
                    url, headers, count, requests if contestant == "relais" else requests // 4
                )
                cells.append(_cell(contestant, count, probe, measured))
    return {
        "bare_inserts_per_second": statistics.median(limits),
        "cells": [asdict(cell) for cell in cells],
        "summary": [_summary(cells, count, statistics.median(limits)) for count in connections],
    }


def _intake_key(arena: Arena) -> str:
    answer = httpx.post(
        f"{arena.ours}/v1/sources",
        json={"name": "benchmark", "establishment": FINESS, "scopes": ["intake"]},
        headers={"Authorization": f"Bearer {arena.operator_key}"},
        timeout=_CLIENT_SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["key"])


def _measure(url: str, headers: dict[str, str], connections: int, requests: int) -> Measured:
    bodies = list(movements(requests, establishment=FINESS, prefix=uuid.uuid4().hex))
    # The same loop as the servers': a slower client would measure itself.
    load = post_all(f"{url}/v1/movements", bodies, connections=connections, headers=headers)
    return uvloop.run(load)


def _cell(contestant: str, connections: int, probe: float, measured: Measured) -> Cell:
    refused = Counter({status: n for status, n in measured.statuses.items() if status not in {200, 202}})
    if refused:
        raise RuntimeError(f"{contestant} refused requests: {dict(refused)}")
    return Cell(
        contestant=contestant,
        connections=connections,
        requests_per_second=measured.requests_per_second,
        p50_ms=measured.p50_ms,
        p99_ms=measured.p99_ms,
        fdatasyncs_per_second=probe,
        statuses=dict(measured.statuses),
    )


def _summary(cells: list[Cell], connections: int, limit: float) -> dict[str, float]:
    """Medians over the rounds, and the ratios that may be compared with other machines."""
    ours = [c for c in cells if c.connections == connections and c.contestant == "relais"]
    peer = [c for c in cells if c.connections == connections and c.contestant == "peer"]
    rate = statistics.median(c.requests_per_second for c in ours)
    peer_rate = statistics.median(c.requests_per_second for c in peer)
    p99 = statistics.median(c.p99_ms for c in ours)
    peer_p99 = statistics.median(c.p99_ms for c in peer)
    return {
        "connections": connections,
        "relais_per_second": rate,
        "relais_p50_ms": statistics.median(c.p50_ms for c in ours),
        "relais_p99_ms": p99,
        "peer_per_second": peer_rate,
        "peer_p50_ms": statistics.median(c.p50_ms for c in peer),
        "peer_p99_ms": peer_p99,
        "times_the_peer": rate / peer_rate,
        "p99_of_the_peers": p99 / peer_p99,
        "of_bare_inserts": rate / limit,
        "fdatasyncs_per_second": statistics.median(c.fdatasyncs_per_second for c in ours + peer),
    }
