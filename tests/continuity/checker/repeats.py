"""I8: is every repeat owed to an ambiguous outcome, and every call to a row that was written before it?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker import told
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.run import Line, moment
from tests.continuity.checker.stored import Row
from tests.continuity.checker.verdict import Finding

LEASE: Final = timedelta(seconds=40)
"""For so long after a fault an answer may have been lost by it: a worker's lease, and some."""
UNHEARD: Final = frozenset({"timeout", "cut"})
_DISTURBS: Final = ("notifications", "postgres", "database")


def check_repeats(evidence: Evidence) -> Finding:
    """Repeats follow ambiguous outcomes only: timed out, cut, or whoever waited for it was disturbed."""
    attempts = {row["attempt_id"]: row for row in evidence.stored["notifications"].rows("attempts")}
    disturbed = _disturbances(evidence)
    by_obligation: dict[str, list[Line]] = defaultdict(list)
    for line in told.requests(evidence):
        attempt = attempts.get(line.get("attempt", ""))
        if attempt is not None and told.was_taken(line):
            by_obligation[attempt["obligation_id"]].append(line)
    violations: list[str] = []
    repeats = unheard = in_doubt = 0
    for obligation, lines in by_obligation.items():
        lines.sort(key=told.at)
        repeats += len(lines) - 1
        doubtful = [line for line in lines if _is_ambiguous(line, attempts, disturbed)]
        unheard += sum(line["answered"] in UNHEARD for line in lines)
        in_doubt += len(doubtful)
        unexplained = [line for line in lines[:-1] if line not in doubtful]
        violations += [
            f"{obligation} was sent again although request {line['request_id']} was answered"
            for line in unexplained
        ]
    return Finding(
        invariant="I8 repeats",
        looked_at=sum(map(len, by_obligation.values())),
        violations=violations,
        figures={"repeats": repeats, "unheard": unheard, "in doubt": in_doubt},
    )


def check_attempts(evidence: Evidence) -> Finding:
    """A row before the call, one call per row, no number left out, nothing left without an outcome."""
    stored = evidence.stored["notifications"]
    attempts = {row["attempt_id"]: row for row in stored.rows("attempts")}
    obligations = {row["obligation_id"] for row in stored.rows("obligations")}
    violations = [f"request {line['request_id']}: {what}" for line, what in _orphans(evidence, attempts)]
    numbers: dict[str, list[int]] = defaultdict(list)
    for attempt_id, row in attempts.items():
        numbers[row["obligation_id"]].append(row["number"])
        if row["obligation_id"] not in obligations:
            violations.append(f"attempt {attempt_id} belongs to no obligation")
        if row["status"] == "claimed":
            violations.append(f"attempt {attempt_id} was claimed and never concluded")
    violations += [
        f"obligation {obligation} has the attempts {sorted(found)}"
        for obligation, found in numbers.items()
        if sorted(found) != list(range(1, len(found) + 1))
    ]
    return Finding(invariant="I8 row before call", looked_at=len(attempts), violations=violations)


def _orphans(evidence: Evidence, attempts: dict[str, Row]) -> Iterator[tuple[Line, str]]:
    called: set[str] = set()
    for line in told.requests(evidence):
        attempt_id = line.get("attempt", "")
        row = attempts.get(attempt_id)
        if row is None:
            yield line, "no attempt was written for it"
        elif attempt_id in called:
            yield line, "the same attempt was sent twice"
        elif told.at(line) < row["claimed_at"]:
            yield line, "it was sent before its attempt was claimed"
        called.add(attempt_id)


def _is_ambiguous(
    line: Line, attempts: dict[str, Row], disturbed: Sequence[tuple[datetime, datetime]]
) -> bool:
    if line["answered"] in UNHEARD:
        return True
    row = attempts[line["attempt"]]
    # Answered, and the answer was lost with whoever had asked: then the lease ran out.
    in_doubt = row["status"] in {"unknown", "delivered", "undelivered", "no_receipt"}
    return in_doubt and any(began <= told.at(line) <= ended for began, ended in disturbed)


def _disturbances(evidence: Evidence) -> list[tuple[datetime, datetime]]:
    """When answers may have been lost: from a lease before a fault began until it ended, and some."""
    moments: dict[str, list[datetime]] = defaultdict(list)
    for line in evidence.run.broken:
        if any(word in line["target"] for word in _DISTURBS):
            moments[str(line.get("fault"))].append(moment(line["at"]))
    return [(min(found) - LEASE, max(found) + LEASE) for found in moments.values()]
