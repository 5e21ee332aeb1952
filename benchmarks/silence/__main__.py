"""Prints the table of docs/silence.md: `python -m benchmarks.silence [DATA]`."""

import statistics
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.silence.feeds import daily, live, mimic, simulated_hospital
from benchmarks.silence.replay import Found, replay

SEEDS: Final = range(8)
COPIES: Final = (1, 4, 40)
COLUMNS: Final = (
    "feed",
    "messages a week",
    "weeks",
    "false alarms a week",
    *("noticed in 12 h", "in 1 day", "in 2 days", "in 4 days"),
    *("half within", "9 of 10 within", "periods on the clock"),
)
CUTS: Final = (timedelta(hours=12), timedelta(days=1), timedelta(days=2), timedelta(days=4))


def main(data: Path) -> None:
    """Replay each feed as often as there are seeds."""
    print(f"| {' | '.join(COLUMNS)} |")
    for name, stays in (("MIMIC-III", mimic(data)), ("simulated hospital", simulated_hospital(data))):
        for copies in COPIES:
            for kind in ("live", "daily file"):
                found = Found()
                for seed in SEEDS:
                    feed = live(stays, seed=seed, copies=copies)
                    replay(daily(feed) if kind != "live" else feed, found, seed=seed)
                print(row(f"{name} x {copies}, {kind}", found))


def row(name: str, found: Found) -> str:
    """One line of the table."""
    deciles = statistics.quantiles((each / timedelta(hours=1) for each in found.delays), n=10)
    noticed = [sum(each <= cut for each in found.delays) / len(found.delays) for cut in CUTS]
    cells = [
        name,
        f"{found.messages / found.weeks:.0f}",
        f"{found.weeks:.0f}",
        f"{found.false_alarms / found.weeks:.3f}",
        *(f"{share:.0%}" for share in noticed),
        f"{deciles[4]:.1f} h",
        f"{deciles[8]:.1f} h",
        f"{statistics.median(found.periods):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
