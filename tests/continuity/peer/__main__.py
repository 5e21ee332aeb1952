"""`python -m tests.continuity.peer`: counts what the textbook peer loses under the same faults."""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.continuity.peer.contest import ours, shared_schedule, the_peers
from tests.continuity.peer.counting import Losses

SEED: Final = 20261124


def main() -> None:
    """Run one after the other and print their losses side by side."""
    parser = argparse.ArgumentParser(prog="peer", description=main.__doc__)
    parser.add_argument("--n", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--without-ours", action="store_true")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="relais-peer-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    faults = shared_schedule(chosen.seed, seconds=chosen.seconds)
    treatment = {"n": chosen.n, "seed": chosen.seed, "seconds": chosen.seconds}
    contestants = {"textbook": the_peers} if chosen.without_ours else {"textbook": the_peers, "relais": ours}
    losses = {
        name: asyncio.run(contest(folder / name, **treatment, faults=faults))
        for name, contest in contestants.items()
    }
    kinds = sorted({fault.kind for fault in faults})
    result = {**treatment, "faults": len(faults), "kinds": kinds}
    result |= {name: asdict(found) for name, found in losses.items()}
    (folder / "peer.json").write_text(json.dumps(result, indent=1))
    sys.stdout.write(_table(losses) + f"\nevidence: {folder}\n")


def _table(losses: dict[str, Losses]) -> str:
    rows = [f"{'':<16}" + "".join(f"{name:>12}" for name in losses)]
    for figure in asdict(next(iter(losses.values()))):
        counts = "".join(f"{getattr(found, figure):>12}" for found in losses.values())
        rows.append(f"{figure.replace('_', ' '):<16}{counts}")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
