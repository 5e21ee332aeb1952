"""I8: checks that every required notification was sent, handed to a person, or ended for a valid reason."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.notifications import given_up, required
from tests.continuity.checker.notifications.required import FRESH, Recipient
from tests.continuity.checker.pathway.fold import movements_of
from tests.continuity.checker.reading.databases import Event, Row
from tests.continuity.checker.reading.journals import Line
from tests.continuity.checker.verdict import Finding

MAY_HAVE_REACHED: Final = frozenset({"accepted", "unknown", "delivered", "undelivered", "no_receipt"})
TRIES_IN_DOUBT: Final = 2
"""An attempt with an unknown outcome is repeated once before its obligation is given up."""


@dataclass(kw_only=True)
class Holdings:
    """What notifications stored, indexed for look-ups."""

    evidence: Evidence
    by_key: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_fact: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_recipient: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    attempts: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    tasks: set[str] = field(default_factory=set)
    tries: given_up.Tries = field(init=False)

    def __post_init__(self) -> None:
        stored = self.evidence.stored["notifications"]
        for row in stored.rows("obligations"):
            self.by_key[row["event_id"], row["recipient_id"]].append(row)
            self.by_fact[row["fact_key"], row["recipient_id"]].append(row)
            self.by_recipient[row["recipient_id"]].append(row)
        for row in stored.rows("attempts"):
            self.attempts[row["obligation_id"]].append(row)
        for line in required.requests(self.evidence):
            if required.was_accepted(line):
                self.taken[line["to"]].append(line)
        self.tries = given_up.Tries(self.evidence.run)
        self.tasks = {row["obligation_id"] for row in stored.rows("human_tasks")}


def check_told(evidence: Evidence) -> Finding:
    """Each required notification has an obligation whose outcome other evidence supports."""
    held = Holdings(evidence=evidence)
    events = {event.event_id: event.subject for stored in evidence.stored.values() for event in stored.ledger}
    outcomes: Counter[str] = Counter()
    violations: list[str] = []
    lost: set[str] = set()
    looked_at = 0
    for recipient, event in required.required_notifications(evidence):
        looked_at += 1
        rows = held.by_key.get((event.event_id, recipient.member_id), [])
        if not rows:
            lost.add(event.event_id)
        for row in rows:
            outcomes[row["status"]] += 1
            violations += [
                f"obligation {row['obligation_id']} ({row['kind']}): {what}"
                for what in _unfounded(held, recipient, row, events)
            ]
    return Finding(
        invariant="I8 required is told",
        looked_at=looked_at,
        violations=violations,
        lost=frozenset(lost),
        figures=dict(outcomes),
    )


def check_latest_news(evidence: Evidence) -> Finding:
    """The newest valid news reached the carer's phone, or became a task for a person."""
    held = Holdings(evidence=evidence)
    violations: list[str] = []
    looked_at = 0
    for recipient, last in required.latest_news(evidence):
        looked_at += 1
        said = required.time_as_written(last.occurred_at)
        if any(said in line["text"] for line in held.taken[recipient.carer.phone]):
            continue
        of_fact = held.by_fact[f"movement:{last.movement_id}", recipient.member_id]
        if not any(row["obligation_id"] in held.tasks for row in of_fact):
            violations.append(f"nobody was told of {last.event.event_id}, and no person has the task")
    return Finding(invariant="I8 latest news", looked_at=looked_at, violations=violations)


def check_taken_back(evidence: Evidence) -> Finding:
    """Whoever was told of a movement that is another person's in the end was told that it was an error."""
    held = Holdings(evidence=evidence)
    violations: list[str] = []
    looked_at = 0
    for recipient in required.recipients_of(evidence):
        if recipient.revoked_at is not None:
            continue
        facts = evidence.facts_of.get(recipient.carer.person_id, ())
        theirs = {f"movement:{event.data['movement_id']}" for event in facts}
        told = [row for row in held.by_recipient[recipient.member_id] if held.attempts[row["obligation_id"]]]
        for row in told:
            key = row["fact_key"]
            if not key.startswith("movement:") or key in theirs or row["kind"].endswith(".retracted"):
                continue
            looked_at += 1
            if not any(each["fact_key"] == key and each["kind"].endswith(".retracted") for each in told):
                violations.append(f"{row['obligation_id']} told of {key}, and nothing took it back")
    return Finding(invariant="I8 taken back", looked_at=looked_at, violations=violations)


def _unfounded(held: Holdings, recipient: Recipient, row: Row, events: Mapping[str, str]) -> Iterator[str]:
    """Why the evidence does not support an obligation's outcome."""
    match row["status"]:
        case "informed" | "acknowledged" | "handled_by_human":
            yield from _not_informed(held, recipient, row)
        case "expired":
            yield from _not_expired(held, row)
            yield from given_up.unjustified(held.tries, row, held.attempts[row["obligation_id"]])
        case "superseded":
            if events.get(row["superseded_by"]) != recipient.carer.person_id or not row["reason"]:
                yield "superseded by nothing about this person"
        case "suppressed":
            yield from _not_suppressible(held, recipient, row)
        case _:
            yield f"still {row['status']}"


def _not_informed(held: Holdings, recipient: Recipient, row: Row) -> Iterator[str]:
    attempts = {attempt["attempt_id"] for attempt in held.attempts[row["obligation_id"]]}
    by_phone = held.taken[recipient.carer.phone]
    if not any(line.get("attempt") in attempts for line in by_phone):
        yield "recorded as informed, but nothing of it ever reached the gateway"


def _not_expired(held: Holdings, row: Row) -> Iterator[str]:
    if row["obligation_id"] not in held.tasks:
        yield "expired, and no person has the task"
    attempts = sorted(held.attempts[row["obligation_id"]], key=lambda attempt: attempt["number"])
    given_up = row["reason"] == "unreachable" and attempts and attempts[-1]["status"] == "unknown"
    if given_up and sum(attempt["status"] in MAY_HAVE_REACHED for attempt in attempts) < TRIES_IN_DOUBT:
        yield "given up after an unknown outcome that was never sent again"


def _not_suppressible(held: Holdings, recipient: Recipient, row: Row) -> Iterator[str]:
    reason = row["reason"]
    person = recipient.carer.person_id
    known = (*held.evidence.movements_of[person], *held.evidence.reassigned)
    event = next((each for each in known if each.event_id == row["event_id"]), None)
    peers = held.by_fact[row["fact_key"], row["recipient_id"]]
    well_founded: Mapping[str, bool] = {
        "no_entitlement": recipient.carer.leaves_at is not None,
        "deceased": any(required.is_death(each) for each in held.evidence.movements_of[person]),
        "stale_at_creation": event is not None and event.recorded_at - event.occurred_at > FRESH,
        "duplicate_fact": _is_said_elsewhere(held, row, peers),
        "nothing_to_correct": _has_nothing_to_correct(held, row, peers) or _stands(held, event),
        "known_elsewhere": _is_told_elsewhere(held, row, person),
    }
    if not well_founded.get(reason, False):
        yield f"suppressed without a valid reason: {reason}"


def _is_said_elsewhere(held: Holdings, row: Row, peers: Sequence[Row]) -> bool:
    """Whether another obligation of the same fact was attempted or handed to a person."""
    return any(
        peer["obligation_id"] != row["obligation_id"]
        and (held.attempts[peer["obligation_id"]] or peer["obligation_id"] in held.tasks)
        for peer in peers
    )


def _is_told_elsewhere(held: Holdings, row: Row, person: str) -> bool:
    """Whether it is news of leaving, to who was told that the person is in another establishment.

    By whichever event: who takes back what was told elsewhere owes the leaving again.
    """
    stated = held.evidence.movements_of[person]
    left = {each.data["establishment"] for each in stated if _fact_of(each) == row["fact_key"]}
    entries = {
        each.event_id
        for each in stated
        if each.data["kind"] == "admission" and each.data["establishment"] not in left
    }
    others = held.by_recipient[row["recipient_id"]]
    told = any(each["event_id"] in entries and held.attempts[each["obligation_id"]] for each in others)
    return row["kind"] == "discharge.occurred" and bool(left) and told


def _fact_of(event: Event) -> str:
    return f"movement:{event.data['movement_id']}"


def _stands(held: Holdings, end: Event | None) -> bool:
    """Whether the movement that an event cancels, or ends, is a fact of the person after all."""
    if end is None or not (end.is_reassignment or end.type.endswith("movement-cancelled.v1")):
        return False
    movements = movements_of(held.evidence.facts_of.get(end.subject, ()))
    return any(each.movement_id == end.data["movement_id"] and not each.cancelled for each in movements)


def _has_nothing_to_correct(held: Holdings, row: Row, peers: Sequence[Row]) -> bool:
    """Whether what it would take back was never told, or was taken back already."""
    if not row["kind"].endswith((".corrected", ".retracted")):
        return False
    tried = [
        peer for peer in peers if peer["event_id"] != row["event_id"] and held.attempts[peer["obligation_id"]]
    ]
    fact = row["kind"].removesuffix(".corrected").removesuffix(".retracted")
    told_before = any(
        peer["kind"].startswith(fact) and not peer["kind"].endswith(".retracted") for peer in tried
    )
    taken_back = any(peer["kind"].endswith(".retracted") for peer in tried)
    return not row["kind"].endswith(".retracted") or not told_before or taken_back
