"""P6: measures intake and timelines in three stores, the largest with a hundred times the data."""

import statistics
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.limits import fsync
from benchmarks.load import cost
from benchmarks.p1_single import measure
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.contestants import open_admission
from benchmarks.setup.servers import open_kafka, scratch_folder
from benchmarks.setup.stores import Stores, open_stores
from benchmarks.setup.timeline import Reader, open_readers

CROWD = 128
READERS = 8


def run(options: Namespace) -> Result:
    """Put the same load on three stores of one cluster in turn."""
    sizes = [options.events // 100, options.events // 10, options.events]
    cells: list[dict[str, Any]] = []
    with scratch_folder() as folder:
        kept = Path(options.store) if options.store else folder / "store"
        with (
            open_stores(kept, sizes, ["pathway", "admission"]) as stores,
            open_readers(stores, folder) as readers,
            _open_intakes(stores, folder) as intakes,
        ):
            for turn in range(options.rounds + 1):
                for reader, (url, headers) in zip(readers, intakes, strict=True):
                    cell = _cell(stores, reader, url, headers, options.requests)
                    cells += [cell] if turn else []  # the first round warms up
    rows = [_row(cells, events) for events in sizes]
    small, large = rows[0], rows[-1]
    return Result(
        "p6",
        "Growth",
        rows,
        [
            Aim("intake: cost of an event, times", _ratio(small, large, "intake/s"), at_most=1.1),
            Aim("timeline: cost of a read, times", _ratio(small, large, "timelines/s"), at_most=1.1),
        ],
        cells,
        vars(options),
    )


@contextmanager
def _open_intakes(stores: Stores, folder: Path) -> Iterator[list[tuple[str, dict[str, str]]]]:
    with ExitStack() as stack:
        bootstrap = stack.enter_context(open_kafka(folder))
        intakes = []
        for events in stores.sizes:
            name = stores.name("admission", events)
            admission = open_admission(folder, stores.database, bootstrap, database_name=name)
            url, key = stack.enter_context(admission)
            intakes.append((url, {"Authorization": f"Bearer {key}"}))
        yield intakes


def _cell(stores: Stores, reader: Reader, url: str, headers: dict[str, str], requests: int) -> dict[str, Any]:
    probe = fsync.fdatasyncs_per_second(stores.folder)
    before = cost.read(stores.database)
    intake = measure(url, headers, CROWD, requests)
    after = cost.read(stores.database)
    timeline = reader.over_http("relais", reader.persons(requests), READERS)
    return {
        "events": reader.events,
        "fdatasync/s": probe,
        "intake/s": intake.requests_per_second,
        "intake p99 ms": intake.p99_ms,
        "timelines/s": timeline.requests_per_second,
        "timeline p99 ms": timeline.p99_ms,
        **cost.per_event(before, after, requests),
    }


def _row(cells: list[dict[str, Any]], events: int) -> Row:
    mine = [cell for cell in cells if cell["events"] == events]
    names = [name for name in mine[0] if all(name in cell for cell in mine)]
    return {name: float(statistics.median(cell[name] for cell in mine)) for name in names}


def _ratio(small: Row, large: Row, what: str) -> float:
    return float(small[what] or 0) / float(large[what] or 1)
