"""I5 and I10: checks that each service applied what was published and parked what was malformed."""

from collections.abc import Iterator

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import CONSUMED, Row
from tests.continuity.checker.reading.journals import moment
from tests.continuity.checker.verdict import Finding


def check_inboxes(evidence: Evidence) -> Finding:
    """I5: the inbox equals the ledger, minus what is parked behind a malformed record."""
    violations: list[str] = []
    lost: set[str] = set()
    looked_at = 0
    for consumer, publishers in CONSUMED.items():
        stored = evidence.stored[consumer]
        parked = {row["event_id"] for row in stored.rows("parked") if row["state"] == "parked"}
        for publisher in publishers:
            published = {
                event.event_id: (event.subject, event.sequence) for event in evidence.stored[publisher].ledger
            }
            applied = {
                row["event_id"]: (row["subject"], row["sequence"])
                for row in stored.rows("inbox")
                if row["publisher"] == publisher
            }
            looked_at += len(published)
            missing = published.keys() - applied.keys() - parked
            lost |= missing & evidence.acknowledged
            violations += [
                f"{consumer} never applied {event_id} of {publisher}"
                for event_id in sorted(missing - evidence.acknowledged)
            ]
            violations += _not_published(consumer, publisher, published, applied)
    return Finding(
        invariant="I5 inbox = ledger", looked_at=looked_at, violations=violations, lost=frozenset(lost)
    )


def check_parked(evidence: Evidence) -> Finding:
    """I10: parked is what was malformed on purpose, and what waits behind it."""
    violations: list[str] = []
    parked = 0
    for consumer, publishers in CONSUMED.items():
        rows = evidence.stored[consumer].rows("parked")
        parked += len(rows)
        violations += [f"{consumer}: {what}" for what in _wrongly_parked(evidence, rows)]
        violations += [f"{consumer}: {what}" for what in _not_parked(evidence, publishers, rows)]
    return Finding(
        invariant="I10 parked = poison",
        looked_at=parked,
        violations=violations,
        figures={"injected": len(evidence.run.poison)},
    )


def _not_published(
    consumer: str,
    publisher: str,
    published: dict[str, tuple[str, int]],
    applied: dict[str, tuple[str, int]],
) -> Iterator[str]:
    for event_id, place in applied.items():
        if event_id not in published:
            yield f"{consumer} applied {event_id}, which {publisher} never published"
        elif published[event_id] != place:
            yield f"{consumer} applied {event_id} under another subject or number than {publisher}'s"


def _wrongly_parked(evidence: Evidence, rows: tuple[Row, ...]) -> Iterator[str]:
    # By its key: one that was sent until the broker acknowledged it may be stored, and parked, several times.
    unreadable = {(line["target"], line["key"]) for line in evidence.run.poison if not line.get("event_id")}
    for row in rows:
        if row["event_id"] is None:
            if (row["topic"], row["key"]) not in unreadable:
                yield f"parked an unreadable record of {row['topic']} that was not put there"
        elif row["event_id"] not in evidence.poisoned_events and not _waits(evidence, row):
            yield f"parked {row['event_id']}, which is sound: {row['reason']}"


def _waits(evidence: Evidence, row: Row) -> bool:
    return row["subject"] in evidence.poisoned_subjects


def _not_parked(evidence: Evidence, publishers: tuple[str, ...], rows: tuple[Row, ...]) -> Iterator[str]:
    topics = {f"relais.{publisher}" for publisher in publishers}
    lost_at = evidence.run.log_lost_at
    injected = [
        line
        for line in evidence.run.certain_poison
        # A malformed record is in no ledger, so one that the broker lost cannot come back.
        if line["target"] in topics and (lost_at is None or moment(line["at"]) > lost_at)
    ]
    known = {row["event_id"] for row in rows}
    for line in injected:
        if line.get("event_id") and line["event_id"] not in known:
            yield f"the broken record {line['event_id']} is not parked"
    found = {(row["topic"], row["key"]) for row in rows if row["event_id"] is None}
    for line in injected:
        if not line.get("event_id") and (line["target"], line["key"]) not in found:
            yield f"an unreadable record that was put into {line['target']} is not parked"
