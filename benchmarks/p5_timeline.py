"""P5: measures timelines in stores of 10 thousand to 10 million events, beside the bare statement."""

import statistics
from argparse import Namespace
from pathlib import Path
from typing import Any

from benchmarks.load.closed_loop import Measured
from benchmarks.results import Aim, Result, Row
from benchmarks.setup import filling
from benchmarks.setup.servers import scratch_folder
from benchmarks.setup.stores import open_stores
from benchmarks.setup.timeline import Reader, open_readers

CONNECTIONS = 8
SMALLEST = 10_000
_LARGE_REQUESTS = 20


def run(options: Namespace) -> Result:
    """Interleave the stores and the contestants."""
    sizes = sorted({SMALLEST, options.events // 100, options.events // 10, options.events})
    cells: list[dict[str, Any]] = []
    with scratch_folder() as folder:
        kept = Path(options.store) if options.store else folder / "store"
        with open_stores(kept, sizes, ["pathway"]) as stores, open_readers(stores, folder) as readers:
            for reader in readers:
                _cells(reader, options.requests // 4)
            for _ in range(options.rounds):
                for reader in readers:
                    cells += _cells(reader, options.requests)
                cells += _cells_of_the_large(readers[-1])
    rows = [_row(cells, events, "persons") for events in sizes]
    rows.append(_row(cells, options.events, f"one with {filling.LARGE_PERSON_EVENTS:,}"))
    largest, smallest = rows[-2], rows[0]
    growth = float(largest["relais p99 ms"] or 0) / float(smallest["relais p99 ms"] or 1)
    return Result(
        "p5",
        "Timeline",
        rows,
        [
            Aim("of bare SQL", float(largest["of bare SQL"] or 0), at_least=0.5),
            Aim("p99 of the smallest store's", growth, at_most=1.5),
        ],
        cells,
        vars(options),
    )


def _cells(reader: Reader, requests: int) -> list[dict[str, Any]]:
    persons = reader.persons(requests)
    return [
        _cell(reader, "bare SQL", "persons", reader.by_sql(persons, CONNECTIONS)),
        _cell(reader, "relais", "persons", reader.over_http("relais", persons, CONNECTIONS)),
        _cell(reader, "peer", "persons", reader.over_http("peer", persons[: requests // 4], CONNECTIONS)),
    ]


def _cells_of_the_large(reader: Reader) -> list[dict[str, Any]]:
    large = [filling.LARGE_PERSON] * _LARGE_REQUESTS
    return [
        _cell(reader, "bare SQL", "one", reader.by_sql(large, 1)),
        _cell(reader, "relais", "one", reader.over_http("relais", large, 1)),
    ]


def _cell(reader: Reader, contestant: str, who: str, measured: Measured) -> dict[str, Any]:
    return {
        "events": reader.events,
        "contestant": contestant,
        "who": who,
        "per_second": measured.requests_per_second,
        "p50_ms": measured.p50_ms,
        "p99_ms": measured.p99_ms,
    }


def _row(cells: list[dict[str, Any]], events: int, who: str) -> Row:
    mine = [cell for cell in cells if cell["events"] == events and who.startswith(cell["who"])]

    def median(contestant: str, what: str) -> float:
        found = [cell[what] for cell in mine if cell["contestant"] == contestant]
        return float(statistics.median(found)) if found else 0.0

    rate, bare = median("relais", "per_second"), median("bare SQL", "per_second")
    peer = median("peer", "per_second")
    return {
        "events": events,
        "who": who,
        "relais/s": rate,
        "relais p50 ms": median("relais", "p50_ms"),
        "relais p99 ms": median("relais", "p99_ms"),
        "bare SQL/s": bare,
        "bare SQL p99 ms": median("bare SQL", "p99_ms"),
        "peer/s": peer or None,
        "peer p99 ms": median("peer", "p99_ms") or None,
        "of bare SQL": rate / bare,
        "times the peer": rate / peer if peer else None,
    }
