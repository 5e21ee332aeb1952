"""P2: measures batches of movements (NDJSON) beside bare inserts and the textbook peer's batch.

Two batches are sent at a time. Two raw limits: narrow `unnest` inserts of a body and an outbox row,
and our own statements with prepared rows, which shows what Python costs.
"""

import asyncio
import statistics
import time
import uuid
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import httpx
import uvloop

from benchmarks.limits import bare_store, fsync
from benchmarks.load import cost
from benchmarks.load.closed_loop import movements
from benchmarks.p1_single import PEER_SHARE, bare_limit, median_cost
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.contestants import FINESS, Contestants, open_contestants

LINES = 1000
CONCURRENT_BATCHES = 2
_CLIENT_SECONDS = 300.0


def run(options: Namespace) -> Result:
    """Interleave the rounds of both contestants and of the limits."""
    batches = max(CONCURRENT_BATCHES, options.requests // LINES)
    with open_contestants() as contestants:
        cells = [_cell(contestants, batches) for _ in range(options.rounds)]
    row = _row(cells)
    return Result(
        "p2",
        "Batch (NDJSON)",
        [row],
        [
            Aim("of bare inserts", float(row["of bare inserts"] or 0), at_least=0.5),
            Aim("of bare statements", float(row["of bare statements"] or 0), at_least=0.5),
        ],
        cells,
        vars(options),
    )


def _cell(contestants: Contestants, batches: int) -> dict[str, Any]:
    return {
        "fdatasync/s": fsync.fdatasyncs_per_second(contestants.folder),
        "bare inserts/s": bare_limit(contestants),
        "bare statements/s": _bare_statements(contestants, batches),
        "peer lines/s": _peer_lines_per_second(contestants, batches),
        **_measure_relais(contestants, batches),
    }


def _row(cells: list[dict[str, Any]]) -> Row:
    median = {
        name: statistics.median(cell[name] for cell in cells) for name in cells[0] if name.endswith("/s")
    }
    return {
        "lines per batch": LINES,
        **median,
        "times the peer": median["relais lines/s"] / median["peer lines/s"],
        "of bare inserts": median["relais lines/s"] / median["bare inserts/s"],
        "of bare statements": median["relais lines/s"] / median["bare statements/s"],
        **median_cost([cell["cost"] for cell in cells]),
    }


def _bare_statements(contestants: Contestants, batches: int) -> float:
    payload = next(movements(1, establishment=FINESS, prefix="bare"))
    url = contestants.database.url("admission")
    limit = bare_store.events_per_second(url, batches=batches * LINES // 500, payload=payload)
    return uvloop.run(limit)


def _measure_relais(contestants: Contestants, batches: int) -> dict[str, Any]:
    bodies = [b"\n".join(_movements()) for _ in range(batches)]
    before = cost.read(contestants.database)
    rate = uvloop.run(
        _lines_per_second(f"{contestants.ours}/v1/movements:batch", bodies, contestants.headers, LINES)
    )
    after = cost.read(contestants.database)
    return {"relais lines/s": rate, "cost": cost.per_event(before, after, batches * LINES)}


def _peer_lines_per_second(contestants: Contestants, batches: int) -> float:
    lines = LINES // PEER_SHARE
    bodies = [b"[" + b",".join(list(_movements())[:lines]) + b"]" for _ in range(batches)]
    return uvloop.run(_lines_per_second(f"{contestants.peer}/v1/movements/batch", bodies, {}, lines))


def _movements() -> Iterator[bytes]:
    return movements(LINES, establishment=FINESS, prefix=uuid.uuid4().hex)


async def _lines_per_second(url: str, bodies: list[bytes], headers: dict[str, str], lines: int) -> float:
    remaining = iter(bodies)

    async def one_client(client: httpx.AsyncClient) -> None:
        for body in remaining:
            answer = await client.post(url, content=body, headers=headers)
            answer.raise_for_status()
            accepted = answer.text.count('"receipt_id"')
            if accepted != lines:
                raise RuntimeError(f"{accepted} of {lines} lines were accepted")

    kind = {"Content-Type": "application/x-ndjson" if headers else "application/json"}
    async with httpx.AsyncClient(timeout=_CLIENT_SECONDS, headers=kind, trust_env=False) as client:
        start = time.perf_counter()
        await asyncio.gather(*(one_client(client) for _ in range(CONCURRENT_BATCHES)))
        return len(bodies) * lines / (time.perf_counter() - start)
