"""I7 and I9: did positions only move on, each by its one owner, and was only pulled what was missing?"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.run import moment
from tests.continuity.checker.stored import CONSUMED, Row
from tests.continuity.checker.verdict import Finding

_BROKER: Final = ("kafka", "broker")
CATCHING_UP: Final = timedelta(seconds=60)
"""For so long after the broker was disturbed, the ledger may be faster than the broker."""


def check_positions(evidence: Evidence) -> Finding:
    """I7: within one ownership a position grows; a new owner takes it as it is, or starts over at once."""
    violations: list[str] = []
    looked_at = 0
    for consumer in CONSUMED:
        partitions: dict[tuple[str, str, int], list[Row]] = {}
        for row in evidence.stored[consumer].rows("positions"):
            partitions.setdefault((row["cluster_id"], row["topic"], row["partition"]), []).append(row)
        for (_, topic, number), rows in partitions.items():
            looked_at += len(rows)
            violations += [f"{consumer} {topic}/{number}: {what}" for what in _wrong_moves(rows)]
    return Finding(invariant="I7 positions", looked_at=looked_at, violations=violations)


def check_pulled(evidence: Evidence) -> Finding:
    """I9: what came otherwise than from the broker came while the broker was, or had been, disturbed."""
    disturbed = _disturbances(evidence)
    violations: list[str] = []
    pulled = looked_at = 0
    for consumer in CONSUMED:
        stored = evidence.stored[consumer]
        by_batch = {row["txid"] for row in stored.rows("positions")}
        arrivals = stored.rows("arrivals")
        looked_at += len(arrivals)
        outside = [row for row in arrivals if row["txid"] not in by_batch]
        pulled += len(outside)
        if not evidence.run.lost_logs:
            violations += [
                f"{consumer} had to pull {row['event_id']}, and the broker had lost nothing"
                for row in outside
                if not any(began <= row["at"] <= ended for began, ended in disturbed)
            ]
    return Finding(
        invariant="I9 nothing to repair",
        looked_at=looked_at,
        violations=violations,
        figures={"pulled": pulled},
    )


def _wrong_moves(rows: Sequence[Row]) -> Iterator[str]:
    just_claimed = True
    for before, after in pairwise(rows):
        if after["epoch"] != before["epoch"]:
            if after["epoch"] < before["epoch"]:
                yield f"its epoch fell from {before['epoch']} to {after['epoch']}"
            just_claimed = True
            continue
        went_back = before["next_offset"] is not None and after["next_offset"] <= before["next_offset"]
        if went_back and not just_claimed:
            yield f"went from {before['next_offset']} to {after['next_offset']} without a new owner"
        just_claimed = False


def _disturbances(evidence: Evidence) -> list[tuple[datetime, datetime]]:
    moments: dict[str, list[datetime]] = {}
    for line in evidence.run.broken:
        if any(word in line["target"] for word in _BROKER):
            moments.setdefault(str(line["fault"]), []).append(moment(line["at"]))
    return [(min(found), max(found) + CATCHING_UP) for found in moments.values()]
