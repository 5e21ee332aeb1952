"""`python -m benchmarks`: run the intake benchmark, print its table, keep the raw result as JSON."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import intake
from benchmarks.arena import open_arena

_RESULTS = Path("benchmarks/results")


def main() -> None:
    """Parse the sizes, run, report."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 128])
    arguments = parser.parse_args()
    with open_arena() as arena:
        result = intake.run(
            arena,
            rounds=arguments.rounds,
            requests=arguments.requests,
            connections=tuple(arguments.connections),
        )
    _RESULTS.mkdir(exist_ok=True)
    path = _RESULTS / f"intake-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(result, indent=1))
    _show(result, path)


def _show(result: dict[str, object], path: Path) -> None:
    summary = result["summary"]
    assert isinstance(summary, list)
    table = Table(title="Intake: median of the rounds", show_header=True)
    table.add_column("")
    for row in summary:
        table.add_column(f"{row['connections']} connections", justify="right")
    for name in summary[0]:
        if name != "connections":
            table.add_row(name.replace("_", " "), *(f"{row[name]:,.2f}" for row in summary))
    console = Console()
    console.print(table)
    console.print(f"bare inserts per second: {result['bare_inserts_per_second']:,.0f}; raw result: {path}")


if __name__ == "__main__":
    main()
