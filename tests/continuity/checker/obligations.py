"""I8: is everyone who must be told accounted for: told, handed to a person, or visibly not told any more?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.continuity.checker import given_up, told
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.run import Line
from tests.continuity.checker.stored import Row
from tests.continuity.checker.told import FRESH, Reader
from tests.continuity.checker.verdict import Finding

MAY_HAVE_REACHED: Final = frozenset({"accepted", "unknown", "delivered", "undelivered", "no_receipt"})
TRIES_IN_DOUBT: Final = 2
"""What nobody knows of is sent once more before it is given up (notifications.md, E2)."""


@dataclass(kw_only=True)
class Desk:
    """What notifications holds, ready to be looked up."""

    evidence: Evidence
    by_key: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_fact: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    attempts: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    tasks: set[str] = field(default_factory=set)
    tries: given_up.Tries = field(init=False)

    def __post_init__(self) -> None:
        stored = self.evidence.stored["notifications"]
        for row in stored.rows("obligations"):
            self.by_key[row["event_id"], row["recipient_id"]].append(row)
            self.by_fact[row["fact_key"], row["recipient_id"]].append(row)
        for row in stored.rows("attempts"):
            self.attempts[row["obligation_id"]].append(row)
        for line in told.requests(self.evidence):
            if told.was_taken(line):
                self.taken[line["to"]].append(line)
        self.tries = given_up.Tries(self.evidence.run)
        self.tasks = {row["obligation_id"] for row in stored.rows("human_tasks")}


def check_told(evidence: Evidence) -> Finding:
    """Each required notification has its obligation, and its outcome is borne out by something else."""
    desk = Desk(evidence=evidence)
    events = {event.event_id: event.subject for stored in evidence.stored.values() for event in stored.ledger}
    outcomes: Counter[str] = Counter()
    violations: list[str] = []
    lost: set[str] = set()
    looked_at = 0
    for reader, event in told.required(evidence):
        looked_at += 1
        rows = desk.by_key.get((event.event_id, reader.member_id), [])
        if not rows:
            lost.add(event.event_id)
        for row in rows:
            outcomes[row["status"]] += 1
            violations += [
                f"obligation {row['obligation_id']} ({row['kind']}): {what}"
                for what in _unfounded(desk, reader, row, events)
            ]
    return Finding(
        invariant="I8 required is told",
        looked_at=looked_at,
        violations=violations,
        lost=frozenset(lost),
        figures=dict(outcomes),
    )


def check_last_word(evidence: Evidence) -> Finding:
    """The newest news that holds was read by the carer's phone, or a person has the task."""
    desk = Desk(evidence=evidence)
    violations: list[str] = []
    looked_at = 0
    for reader, last in told.last_words(evidence):
        looked_at += 1
        said = told.said_of(last.occurred_at)
        if any(said in line["text"] for line in desk.taken[reader.carer.phone]):
            continue
        of_fact = desk.by_fact[f"movement:{last.movement_id}", reader.member_id]
        if not any(row["obligation_id"] in desk.tasks for row in of_fact):
            violations.append(f"nobody was told of {last.event.event_id}, and no person has the task")
    return Finding(invariant="I8 the last word", looked_at=looked_at, violations=violations)


def _unfounded(desk: Desk, reader: Reader, row: Row, events: Mapping[str, str]) -> Iterator[str]:
    """Why the outcome of an obligation is not believed."""
    match row["status"]:
        case "informed" | "acknowledged" | "handled_by_human":
            yield from _not_informed(desk, reader, row)
        case "expired":
            yield from _not_expired(desk, row)
            yield from given_up.without_ground(desk.tries, row, desk.attempts[row["obligation_id"]])
        case "superseded":
            if events.get(row["superseded_by"]) != reader.carer.person_id or not row["reason"]:
                yield "superseded by nothing about this person"
        case "suppressed":
            yield from _not_suppressible(desk, reader, row)
        case _:
            yield f"still {row['status']}"


def _not_informed(desk: Desk, reader: Reader, row: Row) -> Iterator[str]:
    attempts = {attempt["attempt_id"] for attempt in desk.attempts[row["obligation_id"]]}
    by_phone = desk.taken[reader.carer.phone]
    if not any(line.get("attempt") in attempts for line in by_phone):
        yield "said to be informed, but nothing of it ever reached the gateway"


def _not_expired(desk: Desk, row: Row) -> Iterator[str]:
    if row["obligation_id"] not in desk.tasks:
        yield "expired, and no person has the task"
    attempts = sorted(desk.attempts[row["obligation_id"]], key=lambda attempt: attempt["number"])
    given_up = row["reason"] == "unreachable" and attempts and attempts[-1]["status"] == "unknown"
    if given_up and sum(attempt["status"] in MAY_HAVE_REACHED for attempt in attempts) < TRIES_IN_DOUBT:
        yield "given up after an unknown outcome that was never sent again"


def _not_suppressible(desk: Desk, reader: Reader, row: Row) -> Iterator[str]:
    reason = row["reason"]
    person = reader.carer.person_id
    event = next(
        (each for each in desk.evidence.movements_of[person] if each.event_id == row["event_id"]), None
    )
    peers = desk.by_fact[row["fact_key"], row["recipient_id"]]
    well_founded: Mapping[str, bool] = {
        "no_entitlement": reader.carer.leaves_at is not None,
        "deceased": any(told.is_death(each) for each in desk.evidence.movements_of[person]),
        "stale_at_creation": event is not None and event.recorded_at - event.occurred_at > FRESH,
        "duplicate_fact": _is_said_elsewhere(desk, row, peers),
        "nothing_to_correct": _has_nothing_to_correct(desk, row, peers),
    }
    if not well_founded.get(reason, False):
        yield f"suppressed without ground: {reason}"


def _is_said_elsewhere(desk: Desk, row: Row, peers: Sequence[Row]) -> bool:
    """Another obligation of the same fact was tried, or went to a person."""
    return any(
        peer["obligation_id"] != row["obligation_id"]
        and (desk.attempts[peer["obligation_id"]] or peer["obligation_id"] in desk.tasks)
        for peer in peers
    )


def _has_nothing_to_correct(desk: Desk, row: Row, peers: Sequence[Row]) -> bool:
    """Nobody was told what it would take back, or that was taken back already."""
    if not row["kind"].endswith((".corrected", ".retracted")):
        return False
    tried = [
        peer for peer in peers if peer["event_id"] != row["event_id"] and desk.attempts[peer["obligation_id"]]
    ]
    fact = row["kind"].removesuffix(".corrected").removesuffix(".retracted")
    told_before = any(
        peer["kind"].startswith(fact) and not peer["kind"].endswith(".retracted") for peer in tried
    )
    taken_back = any(peer["kind"].endswith(".retracted") for peer in tried)
    return not row["kind"].endswith(".retracted") or not told_before or taken_back
