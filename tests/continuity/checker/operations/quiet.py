"""I14: checks that after recovery nothing is pending and nothing is left that grows."""

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Row, Stored
from tests.continuity.checker.verdict import Finding


def check_quiet(evidence: Evidence) -> Finding:
    """Outboxes are empty, reports applied, obligations ended, and no replication slot retains WAL."""
    violations = [
        f"{service}: {what}" for service, stored in evidence.stored.items() for what in _pending_work(stored)
    ]
    looked_at = sum(len(stored.rows("obligations")) for stored in evidence.stored.values())
    return Finding(invariant="I14 nothing pending", looked_at=looked_at, violations=violations)


def _pending_work(stored: Stored) -> list[str]:
    left = [
        f"{count} rows in {table}"
        for table in ("outbox", "reports_waiting", "slots")
        if (count := len(stored.rows(table)))
    ]
    pending = [row for row in stored.rows("obligations") if _is_pending(row, stored)]
    return left + [f"obligation {row['obligation_id']} is {row['status']}" for row in pending]


def _is_pending(row: Row, stored: Stored) -> bool:
    # News dated in the future is sent when its time has come.
    ahead = row["fact_occurred_at"] > stored.now and row["not_before"] > stored.now
    return row["next_action_at"] is not None and not ahead
