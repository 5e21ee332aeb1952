"""I7 and I9: did positions only move on, each by its one owner, and pass over nothing?"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.stored import CONSUMED, Row
from tests.continuity.checker.verdict import Finding


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
    """I9: what was pulled had not come from the broker yet, or never could; it had not been passed over."""
    places = _places(evidence)
    violations: list[str] = []
    pulled = looked_at = 0
    for consumer in CONSUMED:
        stored = evidence.stored[consumer]
        by_batch = {row["txid"] for row in stored.rows("positions")}
        arrivals = stored.rows("arrivals")
        looked_at += len(arrivals)
        outside = [row for row in arrivals if row["txid"] not in by_batch]
        pulled += len(outside)
        if outside and not evidence.run.lost_logs:
            passed = _passed_at(stored.rows("positions"))
            violations += [
                f"{consumer} had passed over {row['event_id']} when it was pulled"
                for row in outside
                if _is_passed(places.get(row["event_id"]), passed, row)
            ]
    return Finding(
        invariant="I9 nothing passed over",
        looked_at=looked_at,
        violations=violations,
        figures={"pulled": pulled},
    )


Place = tuple[str, int, int]
"""Topic, partition, offset."""


def _places(evidence: Evidence) -> dict[str, Place]:
    """Where each event first stands in the log."""
    found: dict[str, Place] = {}
    for record in evidence.records:
        if record.event_id is not None:
            found.setdefault(record.event_id, (record.topic, record.partition, record.offset))
    return found


def _passed_at(rows: Sequence[Row]) -> dict[tuple[str, int], list[Row]]:
    found: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        found.setdefault((row["topic"], row["partition"]), []).append(row)
    return found


def _is_passed(place: Place | None, passed: dict[tuple[str, int], list[Row]], arrival: Row) -> bool:
    """Had the position moved beyond the event before the event was there?"""
    if place is None:
        return False
    topic, partition, offset = place
    moves = passed.get((topic, partition), [])
    return any(
        row["next_offset"] is not None and row["next_offset"] > offset and row["at"] < arrival["at"]
        for row in moves
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
