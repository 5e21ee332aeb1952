"""`python -m tests.continuity.explanation FOLDER`: what explains a verdict, in less than 60 lines."""

import json
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.continuity.checker.reading.journals import Line, moment, read_run

FAULTS: Final = 36
"""The most faults that are listed: those of a run with each kind once; the folder has all of them."""
ENDED: Final = 3
VIOLATIONS: Final = 16
WIDTH: Final = 400


def explanation_of(folder: Path) -> str:
    """Which faults there were when, which processes ended, what did not recover, and what does not add up."""
    run = read_run(folder)
    judged = folder / "verdict.json"
    findings = json.loads(judged.read_text())["findings"] if judged.exists() else ()
    found = [line[:WIDTH] for line in (*_complaints(run.about), *_violations(findings))]
    more = [f"  and {len(found) - VIOLATIONS} more"] if len(found) > VIOLATIONS else []
    return "\n".join(
        [
            "Faults",
            *_faults(run.broken),
            *[*_ended(folder, run.about)][-ENDED:],
            "What does not add up",
            *found[:VIOLATIONS],
            *more,
        ]
    )


def _faults(broken: Sequence[Line]) -> Iterator[str]:
    ended = {line["fault"]: line for line in broken if line["phase"] == "ended"}
    began = [line for line in broken if line["phase"] == "began"]
    for line in began[-FAULTS:]:
        last = ended.get(line["fault"], {})
        until = f"{moment(last['at']):%H:%M:%S}" if last else "?"
        note = f": {last['note']}" if last.get("note") else ""
        yield f"  {moment(line['at']):%H:%M:%S}-{until} {line['kind']} of {line['target']}{note}"


def _ended(folder: Path, about: Mapping[str, Any]) -> Iterator[str]:
    """The processes that ended by themselves, with the last line of their log."""
    for name, deaths in about["deaths"].items():
        for death in deaths:
            if death["code"] != -signal.SIGKILL:  # that was a failpoint
                log = folder / "logs" / f"{name}.log"
                last = log.read_text(errors="replace").splitlines()[-1:] if log.exists() else []
                said = f"{name} ended, code {death['code']}: {' '.join(last)}"
                yield f"  {moment(death['at']):%H:%M:%S}          {said}"[:WIDTH]


def _complaints(about: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"  {complaint}" for complaint in about["complaints"])


def _violations(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for finding in findings:
        for violation in finding["violations"]:
            yield f"  {finding['invariant']}: {violation}"
        for event in finding["lost"]:
            yield f"  {finding['invariant']}: lost {event}"


if __name__ == "__main__":
    sys.stdout.write(f"{explanation_of(Path(sys.argv[1]))}\n")
