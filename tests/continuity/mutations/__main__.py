"""`python -m tests.continuity.mutations`: injects each bug and reports how many the checker finds."""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.continuity.checker.evidence import read_evidence
from tests.continuity.checker.invariants import judge
from tests.continuity.checker.verdict import Verdict, keep
from tests.continuity.mutations.schedules import EXPOSURES
from tests.continuity.run import Plan, finished_run

SEED: Final = 20261124
SETTLE_SECONDS: Final = 50.0
"""Longer than a lease and a retry; work that a bug leaves undone is not waited for."""
CONTROL_SETTLE_SECONDS: Final = 180.0
MAX_SECONDS: Final = 510.0
"""For one run: a bug that stops the platform says nothing about the checker."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One bug, and what the checker found in its run."""

    mutation: str
    line: str
    broken: Sequence[str]
    examples: Sequence[str]
    ended: bool = True

    @property
    def caught(self) -> bool:
        """Whether one of the invariants meant for this bug was violated."""
        shown_by = EXPOSURES[self.mutation].shown_by
        return any(each in shown_by or each.split()[0] in shown_by for each in self.broken)

    @property
    def holds(self) -> bool:
        return self.ended and not self.broken


def main() -> int:
    """Exit code 0 when every bug is caught; with --control, when every run without its bug holds."""
    chosen = _parser().parse_args()
    names = chosen.only.split(",") if chosen.only else list(EXPOSURES)
    trials = []
    for name in names:
        trial = asyncio.run(_try(name, chosen.seed, is_control=chosen.control))
        trials.append(trial)
        sys.stdout.write(f"{_row(trial)}\n")
        sys.stdout.flush()
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(trial) for trial in trials], indent=1))
    as_expected = sum(trial.holds if chosen.control else trial.caught for trial in trials)
    sys.stdout.write(f"{'held' if chosen.control else 'caught'} {as_expected} of {len(trials)}\n")
    return 0 if as_expected == len(trials) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mutations", description=main.__doc__)
    parser.add_argument("--only", default="", help="these bugs, separated by commas")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--control", action="store_true", help="the same loads and faults without any bug")
    parser.add_argument("--json", type=Path, default=None, help="where the result is kept")
    return parser


async def _try(name: str, seed: int, *, is_control: bool) -> Trial:
    folder = Path(tempfile.mkdtemp(prefix=f"relais-mutation-{name}-"))
    exposure = EXPOSURES[name]
    plan = Plan(
        folder=folder,
        n=exposure.n,
        seed=seed,
        load_seconds=exposure.load_seconds,
        faults=exposure.faults,
        revoked=exposure.revoked,
        settle_seconds=CONTROL_SETTLE_SECONDS if is_control else SETTLE_SECONDS,
        mutation=None if is_control else name,
    )
    try:
        async with asyncio.timeout(MAX_SECONDS), finished_run(plan):
            verdict = await asyncio.to_thread(_judge_run, folder)
    except TimeoutError:
        return Trial(mutation=name, line="the run did not end", broken=(), examples=(), ended=False)
    trial = _trial(name, verdict)
    if trial.holds if is_control else trial.caught:
        shutil.rmtree(folder, ignore_errors=True)  # only unexpected results are kept for analysis
    return trial


def _judge_run(folder: Path) -> Verdict:
    verdict = judge(read_evidence(folder))
    keep(verdict, folder / "verdict.json")
    return verdict


def _trial(name: str, verdict: Verdict) -> Trial:
    examples = [
        f"{finding.invariant}: {next(iter([*finding.violations, *sorted(finding.lost)]))}"
        for finding in verdict.findings
        if not finding.holds
    ]
    return Trial(mutation=name, line=verdict.line, broken=verdict.broken, examples=examples)


def _row(trial: Trial) -> str:
    by = ", ".join(trial.broken) or "nothing broken"
    return f"{trial.mutation:<30}{trial.line:<50}{by}"


if __name__ == "__main__":
    raise SystemExit(main())
