"""I4: checks that each publisher numbered every person's events 1, 2, 3, ... without a hole or a repeat."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Event
from tests.continuity.checker.verdict import Finding


def check_sequences(evidence: Evidence) -> Finding:
    """Sequences are dense, follow the order of the ledger's ids, and end with the last number drawn."""
    violations: list[str] = []
    subjects = 0
    for service, stored in evidence.stored.items():
        drawn = {row["subject"]: row["last_sequence"] for row in stored.rows("subjects")}
        by_subject: dict[str, list[Event]] = defaultdict(list)
        for event in stored.ledger:
            by_subject[event.subject].append(event)
        subjects += len(by_subject)
        for subject, events in by_subject.items():
            violations += [
                f"{service} {subject}: {what}" for what in _sequence_violations(events, drawn.get(subject))
            ]
        violations += [
            f"{service} {subject}: {last} numbers drawn, no event"
            for subject, last in drawn.items()
            if subject not in by_subject
        ]
    return Finding(invariant="I4 dense sequence", looked_at=subjects, violations=violations)


def _sequence_violations(events: Sequence[Event], drawn: int | None) -> Iterator[str]:
    numbers = [event.sequence for event in events]
    wanted = list(range(1, len(numbers) + 1))
    if sorted(numbers) != wanted:
        yield f"{len(numbers)} events have the numbers {_shown(numbers)}"
    elif numbers != wanted:
        yield f"numbers against the order of the ledger: {_shown(numbers)}"
    if drawn != len(numbers):
        yield f"{len(numbers)} events, but {drawn} numbers drawn"


def _shown(numbers: Sequence[int]) -> str:
    most = 12
    return ", ".join(map(str, numbers[:most])) + (", ..." if len(numbers) > most else "")
