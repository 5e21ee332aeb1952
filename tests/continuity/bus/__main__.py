"""`python -m tests.continuity.bus`: runs fault after fault against groups of two Kafka libraries."""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.continuity.bus.cycle import PATIENCE_SECONDS, Cycle, run_cycle
from tests.continuity.bus.effects import Verdict
from tests.continuity.bus.faults import Fault, schedule_of
from tests.continuity.bus.figures import tables
from tests.continuity.bus.member import CLIENTS
from tests.continuity.bus.membership import until_stable
from tests.continuity.bus.setup import Setup, open_setup
from tests.continuity.platform.layout import PROJECT

_RESULTS = PROJECT / "benchmarks" / "results"


def main() -> None:
    """Exit code 0 only when no group lost, repeated or reordered anything."""
    parser = argparse.ArgumentParser(prog="bus", description=main.__doc__)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--members", type=int, default=3)
    parser.add_argument("--clients", default="aiokafka,confluent", help=f"of {', '.join(CLIENTS)}")
    parser.add_argument("--rate", type=int, default=40, help="records per second")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same schedule")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="start no cycle after this time")
    parser.add_argument("--stalled-after-seconds", type=float, default=60.0, help="the watchdog's limit")
    parser.add_argument("--folder", type=Path, default=None, help="keep the logs there")
    chosen = parser.parse_args()
    # The producer's library logs every refused batch.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="relais-bus-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    verdicts = asyncio.run(_run(chosen, folder))
    if chosen.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(any(verdict != Verdict(0, 0, 0) for verdict in verdicts.values()))


async def _run(chosen: argparse.Namespace, folder: Path) -> dict[str, Verdict]:
    path = _RESULTS / f"bus-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.parent.mkdir(exist_ok=True)
    schedule = schedule_of(chosen.seed, cycles=chosen.cycles, members=chosen.members)
    setup = open_setup(
        folder,
        clients=chosen.clients.split(","),
        members=chosen.members,
        rate=chosen.rate,
        seed=chosen.seed,
        stalled_after_seconds=chosen.stalled_after_seconds,
    )
    async with setup as opened:
        await asyncio.gather(*(until_stable(opened.bootstrap, group) for group in opened.groups))
        cycles = await _cycles(opened, schedule, minutes=chosen.minutes)
        verdicts = await _settled(opened)
        records, errors = opened.supply.created, dict(opened.supply.errors)
    result = {
        "chosen": {name: str(value) for name, value in vars(chosen).items()},
        "records": records,
        "producer_errors": errors,
        "verdicts": verdicts,
        "cycles": cycles,
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1))
    print(
        f"\n{len(cycles)} cycles, {records} records, seed {chosen.seed}; raw: {path.relative_to(PROJECT)}\n"
    )
    print(tables(cycles, verdicts, stalled_after_seconds=chosen.stalled_after_seconds))
    return verdicts


async def _cycles(setup: Setup, schedule: list[Fault], *, minutes: float) -> list[Cycle]:
    cycles: list[Cycle] = []
    end = time.monotonic() + 60 * minutes
    for number, fault in enumerate(schedule, 1):
        if time.monotonic() > end:
            break
        cycle = await run_cycle(setup, number, fault)
        cycles.append(cycle)
        times = " ".join(
            f"{each.client} {each.applied_after_seconds}/{each.stable_after_seconds} s"
            for each in cycle.recoveries
        )
        print(f"{number} {fault.kind} {fault.seconds} s: {times}", flush=True)
    return cycles


async def _settled(setup: Setup) -> dict[str, Verdict]:
    """Stop producing, wait until all is applied or the time is up, then judge."""
    setup.supply.creating.clear()
    await asyncio.wait(
        [asyncio.create_task(group.effects.until_applied(setup.supply.created)) for group in setup.groups],
        timeout=PATIENCE_SECONDS,
    )
    return {group.client: await group.effects.verdict(setup.supply.created) for group in setup.groups}


if __name__ == "__main__":
    main()
