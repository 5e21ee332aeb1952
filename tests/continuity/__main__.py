"""`python -m tests.continuity`: carries out one run, has it checked and prints a report."""

import argparse
import asyncio
import logging
import secrets
import sys
import tempfile
from math import inf
from pathlib import Path

import uvloop

from tests.continuity.explanation import explanation_of
from tests.continuity.faults.kinds import KINDS
from tests.continuity.faults.schedule import over_at, schedule_of
from tests.continuity.platform.layout import PROJECT
from tests.continuity.report import report_of
from tests.continuity.run import Plan, finished_run

LARGE = 50_000
LARGE_PATIENCE = 1.1
"""A large run starts no fault later than this multiple of its planned time, to end within the hour."""


def main() -> None:
    """Exit code 0 only when nothing was lost or unexplained and the platform settled in time."""
    chosen = _parser().parse_args()
    # Our own producer of malformed records meets every fault of the broker, too.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    sys.exit(uvloop.run(_run(_plan(chosen), check=not chosen.unchecked)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="continuity", description="Run under faults, lose nothing")
    parser.add_argument("--n", type=int, default=2000, help="movements to send")
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same load and faults")
    parser.add_argument("--minutes", type=float, default=None, help="time for the load")
    parser.add_argument("--times", type=int, default=None, help="how many faults of each kind")
    parser.add_argument("--lasts", type=float, default=None, help="seconds that every fault lasts")
    parser.add_argument("--kinds", default="", help="only these kinds: broker.kill,database.stop; - for none")
    parser.add_argument("--without", default="", help="all kinds but these")
    parser.add_argument("--folder", type=Path, default=None, help="where the evidence goes")
    parser.add_argument("--mutation", default=None, help="a bug to inject")
    parser.add_argument("--unchecked", action="store_true", help="do not run the checker")
    return parser


def _plan(chosen: argparse.Namespace) -> Plan:
    large = chosen.n >= LARGE
    seed = secrets.randbits(31) if chosen.seed is None else chosen.seed
    seconds = 60 * (chosen.minutes or (42 if large else max(0.5, min(2.0, chosen.n / 1000))))
    wanted = chosen.kinds.split(",") if chosen.kinds else list(KINDS)
    kinds = [kind for kind in wanted if kind != "-" and kind not in chosen.without.split(",")]
    times = chosen.times or (20 if large else 1)
    faults = schedule_of(seed, kinds=kinds, times=times, within_seconds=seconds, lasts_seconds=chosen.lasts)
    load_seconds = max([seconds, *map(over_at, faults)])
    return Plan(
        folder=chosen.folder or Path(tempfile.mkdtemp(prefix="relais-continuity-")),
        n=chosen.n,
        seed=seed,
        load_seconds=load_seconds,
        faults=faults,
        fault_seconds=LARGE_PATIENCE * load_seconds if large else inf,
        settle_seconds=600 if large else 180,
        mutation=chosen.mutation,
    )


async def _run(plan: Plan, *, check: bool) -> int:
    async with finished_run(plan) as evidence:
        failed = bool(evidence.complaints)
        if check:
            checker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.continuity.checker", str(plan.folder), cwd=PROJECT
            )
            failed = await checker.wait() != 0 or failed
    report = await asyncio.to_thread(report_of, plan.folder)
    await asyncio.to_thread((plan.folder / "report.md").write_text, f"{report}\n")
    print(f"\n{report}\n\nevidence: {plan.folder}, seed {plan.seed}")
    if failed:
        # Last, since what reads a long output often keeps its end only.
        print(f"\n{await asyncio.to_thread(explanation_of, plan.folder)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    main()
