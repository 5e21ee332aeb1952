"""I7 and I9: checks that consumer positions only advance under one owner and skip nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import CONSUMED, Row
from tests.continuity.checker.reading.disturbances import Disturbances
from tests.continuity.checker.reading.journals import Run
from tests.continuity.checker.verdict import Finding

IN_FLIGHT: Final = timedelta(seconds=10)
"""For so long after the broker lost data, a batch read before may still be committed; for longer where the
consumer or its database was held up then."""


def check_positions(evidence: Evidence) -> Finding:
    """I7: under one owner a position only grows; a new owner continues from it or immediately starts over."""
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
    """I9: an event pulled from a ledger was one that the broker had not delivered yet, or had lost."""
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
        passed = _PositionHistory(
            stored.rows("positions"), until=_in_flight_until(evidence.run, f"{consumer}-worker")
        )
        violations += [
            f"{consumer} had passed over {row['event_id']} when it was pulled"
            for row in outside
            if row["event_id"] in places and passed.before(places[row["event_id"]], row["at"])
        ]
    return Finding(
        invariant="I9 nothing passed over",
        looked_at=looked_at,
        violations=violations,
        figures={"pulled": pulled},
    )


def _in_flight_until(run: Run, processes: str) -> datetime | None:
    if run.log_lost_at is None:
        return None
    return max(run.log_lost_at + IN_FLIGHT, Disturbances(run, processes).over_at(run.log_lost_at))


Place = tuple[str, int, int]
"""Topic, partition, offset."""


def _places(evidence: Evidence) -> dict[str, Place]:
    """Where each event that the broker never lost first stands in the log."""
    found: dict[str, Place] = {}
    for record in evidence.records:
        if record.event_id is not None and record.event_id in evidence.not_lost:
            found.setdefault(record.event_id, (record.topic, record.partition, record.offset))
    return found


class _PositionHistory:
    """How far one consumer's positions had advanced, and when, in the log that exists at the end.

    A truncated log grows again below the stored position, and no consumer can notice immediately: what is
    written there is rightly pulled.
    """

    def __init__(self, rows: Sequence[Row], *, until: datetime | None) -> None:
        """`until`: when the log had lost data and no batch that was read before could still be committed."""
        last_cluster = max(rows, key=lambda row: row["id"])["cluster_id"] if rows else None
        self._moves: dict[tuple[str, int], list[Row]] = defaultdict(list)
        self._before_the_loss: dict[tuple[str, int], int] = defaultdict(int)
        for row in rows:
            if row["cluster_id"] != last_cluster or row["next_offset"] is None:
                continue
            place = (row["topic"], row["partition"])
            if until is not None and row["at"] <= until:
                self._before_the_loss[place] = max(self._before_the_loss[place], row["next_offset"])
            else:
                self._moves[place].append(row)

    def before(self, place: Place, at: datetime) -> bool:
        """Whether the position had moved beyond the place by then."""
        topic, partition, offset = place
        if offset < self._before_the_loss[topic, partition]:
            return False
        return any(row["next_offset"] > offset and row["at"] < at for row in self._moves[topic, partition])


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
