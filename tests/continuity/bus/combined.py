"""`python -m tests.continuity.bus.combined FILE...`: sums several runs up in one pair of tables."""

import argparse
from pathlib import Path

import msgspec

from tests.continuity.bus.cycle import Cycle
from tests.continuity.bus.effects import Verdict
from tests.continuity.bus.figures import tables


class _Raw(msgspec.Struct):
    """The result file of a run; `chosen` are its options."""

    chosen: dict[str, str]
    records: int
    verdicts: dict[str, Verdict]
    cycles: list[Cycle]


def main() -> None:
    """The runs must have used the same clients and the same watchdog limit."""
    parser = argparse.ArgumentParser(prog="bus.combined", description=main.__doc__)
    parser.add_argument("results", nargs="+", type=Path, help="benchmarks/results/bus-*.json")
    runs = [
        msgspec.json.decode(path.read_bytes(), type=_Raw, strict=False)
        for path in parser.parse_args().results
    ]
    cycles = [cycle for run in runs for cycle in run.cycles]
    stalled_after_seconds = float(runs[0].chosen["stalled_after_seconds"])
    seeds = ", ".join(run.chosen["seed"] for run in runs)
    print(f"\n{len(cycles)} cycles, {sum(run.records for run in runs)} records, seeds {seeds}\n")
    print(tables(cycles, _summed(runs), stalled_after_seconds=stalled_after_seconds))


def _summed(runs: list[_Raw]) -> dict[str, Verdict]:
    return {
        client: Verdict(
            *(
                sum(getattr(run.verdicts[client], field) for run in runs)
                for field in Verdict.__struct_fields__
            )
        )
        for client in runs[0].verdicts
    }


if __name__ == "__main__":
    main()
