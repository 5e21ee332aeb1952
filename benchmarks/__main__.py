"""`python -m benchmarks [p1 ... p11]`: runs benchmarks, prints their tables, keeps the results as JSON."""

import argparse
import time
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table

from benchmarks import (
    p1_single,
    p2_batch,
    p3_delivery,
    p4_catch_up,
    p5_timeline,
    p6_growth,
    p7_overload,
    p8_hl7v2,
    p11_fairness,
)
from benchmarks.results import Result, keep

BENCHMARKS: Mapping[str, Callable[[argparse.Namespace], Result]] = {
    "p1": p1_single.run,
    "p2": p2_batch.run,
    "p3": p3_delivery.run,
    "p4": p4_catch_up.run,
    "p5": p5_timeline.run,
    "p6": p6_growth.run,
    "p7": p7_overload.run,
    "p8": p8_hl7v2.run,
    "p11": p11_fairness.run,
}
_console = Console(width=200)


def main() -> None:
    """Run the chosen benchmarks, all when none is named; without sizes in a short form."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=main.__doc__)
    parser.add_argument("benchmarks", nargs="*", metavar="p1...p11", help="all when none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=4000, help="of each cell")
    parser.add_argument("--events", type=int, default=200_000, help="p4: backlog; p5, p6: largest store")
    parser.add_argument("--store", help="p5, p6: a folder in which the stores are kept")
    parser.add_argument("--seconds", type=float, default=10, help="p3, p7, p11: of each cell")
    chosen = parser.parse_args()
    if unknown := set(chosen.benchmarks) - set(BENCHMARKS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    for name in chosen.benchmarks or BENCHMARKS:
        began = time.monotonic()
        result = BENCHMARKS[name](chosen)
        path = keep(result)
        _show(result)
        _console.print(f"took {time.monotonic() - began:.0f} s; raw result: {path}\n")


def _show(result: Result) -> None:
    table = Table(title=f"{result.benchmark.upper()} {result.title}", show_header=False)
    for name in dict.fromkeys(name for row in result.rows for name in row):
        table.add_row(name, *(_figure(row.get(name)) for row in result.rows))
    _console.print(table)
    for aim in result.aims:
        wanted = f">= {aim.at_least:g}" if aim.at_least is not None else f"<= {aim.at_most:g}"
        _console.print(f"{'met' if aim.is_met else 'NOT met'}: {aim.name} {aim.got:.3g} ({wanted})")


def _figure(value: float | int | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3g}"


if __name__ == "__main__":
    main()
