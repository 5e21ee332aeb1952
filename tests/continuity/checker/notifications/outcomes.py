"""I11: checks that each obligation took legal steps to one outcome, published exactly once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.verdict import Finding

ENDS: Final = frozenset(
    {"informed", "acknowledged", "handled_by_human", "superseded", "suppressed", "expired"}
)
_TOLD: Final = ENDS - {"superseded", "suppressed", "expired"}


def check_outcomes(evidence: Evidence) -> Finding:
    """Legal steps to one final state, and one published event with that outcome."""
    stored = evidence.stored["notifications"]
    paths: dict[str, list[str]] = defaultdict(list)
    for row in stored.rows("transitions"):
        paths[row["obligation_id"]].append(row["status"])
    published: dict[str, list[str]] = defaultdict(list)
    for event in stored.ledger:
        published[event.data["obligation_id"]].append(event.data["outcome"])
    violations: list[str] = []
    rows = stored.rows("obligations")
    for row in rows:
        obligation, status = row["obligation_id"], row["status"]
        wrong = [
            *_wrong_path(paths.get(obligation, []), status),
            *_wrong_publication(published.pop(obligation, []), status),
        ]
        violations += [f"obligation {obligation}: {what}" for what in wrong]
    violations += [f"the outcome of {obligation} was published, which is none" for obligation in published]
    return Finding(invariant="I11 evidence", looked_at=len(rows), violations=violations)


def _wrong_path(path: Sequence[str], status: str) -> Iterator[str]:
    if not path or path[-1] != status:
        yield f"is {status}, but its evidence ends with {path[-1] if path else 'nothing'}"
    ended = [step for step in path if step in ENDS]
    if len(ended) > 1 or (ended and path[-1] not in ENDS):
        yield f"left its outcome: {' -> '.join(path)}"
    if any(step in _TOLD for step in path) and "in_progress" not in path:
        yield f"told without an attempt: {' -> '.join(path)}"


def _wrong_publication(outcomes: Sequence[str], status: str) -> Iterator[str]:
    wanted = [status] if status in ENDS else []
    if list(outcomes) != wanted:
        yield f"is {status}, but was published as {list(outcomes)}"
