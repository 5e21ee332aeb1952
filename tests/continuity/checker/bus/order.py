"""I7: checks that a person's events reached the broker in sequence, keyed by the person."""

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.verdict import Finding


def check_order(evidence: Evidence) -> Finding:
    """Repeats are allowed; first copies must be in order and complete, unless the broker lost data."""
    published = {
        event.event_id: event.subject for stored in evidence.stored.values() for event in stored.ledger
    }
    highest: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    violations: list[str] = []
    repeats = 0
    for record in evidence.records:
        if record.event_id not in published or record.sequence is None:
            if record.event_id not in evidence.poisoned_events and not _is_poison(evidence, record.topic):
                violations.append(f"{record.topic} holds a record that nobody published")
            continue
        subject = published[record.event_id]
        if record.key != subject:
            violations.append(f"{record.event_id} travels under a key that is not its subject")
        if record.event_id in seen:
            repeats += 1
            continue
        seen.add(record.event_id)
        stream = (record.topic, subject)
        if record.sequence < highest.get(stream, 0):
            violations.append(f"{record.topic} {subject}: {record.sequence} came after {highest[stream]}")
        highest[stream] = max(record.sequence, highest.get(stream, 0))
    violations += [f"{event_id} never reached the broker" for event_id in evidence.not_lost - seen]
    return Finding(
        invariant="I7 order on the bus",
        looked_at=len(evidence.records),
        violations=violations,
        figures={"sent again": repeats, "recorded since the log was lost": len(evidence.not_lost)},
    )


def _is_poison(evidence: Evidence, topic: str) -> bool:
    return any(line["target"] == topic and not line.get("event_id") for line in evidence.run.poison)
