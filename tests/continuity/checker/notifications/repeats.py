"""I8: checks that a message was sent again only after an ambiguous outcome of its earlier sending.

Two sendings are the same message when they belong to one obligation or carry the same text to the same phone,
unless something else was said of the same fact in between.
An outcome is ambiguous only when the gateway accepted the message, the platform recorded it as unknown, and
the answer was really lost: never given, given too late, or hit by a fault of its recipient.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.notifications import required
from tests.continuity.checker.reading.databases import Row
from tests.continuity.checker.reading.disturbances import Disturbances
from tests.continuity.checker.reading.journals import Line, moment
from tests.continuity.checker.verdict import Finding

NO_ANSWER_YET: Final = frozenset({"claimed", "unknown"})
"""The states of an attempt without an answer."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A message that the gateway accepted, and every recorded state of its attempt."""

    line: Line
    obligation_id: str
    fact: str
    moves: Sequence[Row]
    """In commit order; the first one is the claim."""
    ambiguity: str | None
    """Why its outcome was ambiguous; None when it was not."""

    def was_unanswered(self, repeat: "Sending") -> bool:
        """Whether the platform had no answer when it decided to repeat."""
        known = [move["status"] for move in self.moves if move["id"] < repeat.moves[0]["id"]]
        return not known or known[-1] in NO_ANSWER_YET


def check_repeats(evidence: Evidence) -> Finding:
    """Every earlier sending of a repeated message was ambiguous."""
    every = _sendings(evidence)
    sendings = [sending for sending in every if sending.moves]
    violations = [f"no history of attempt {each.line['attempt']}" for each in every if not each.moves]
    repeated: set[str] = set()
    for earlier, later in _pairs(sendings):
        repeated.add(later.line["request_id"])
        if earlier.ambiguity is None or not earlier.was_unanswered(later):
            violations.append(
                f"{later.obligation_id} was sent again although request"
                f" {earlier.line['request_id']} was answered"
            )
    ambiguities = Counter(sending.ambiguity for sending in sendings if sending.ambiguity is not None)
    return Finding(
        invariant="I8 repeats",
        looked_at=len(sendings),
        violations=violations,
        figures={"ambiguous": ambiguities.total(), "repeats": len(repeated), **ambiguities},
    )


def check_attempts(evidence: Evidence) -> Finding:
    """A row precedes its call, one call per row, numbers are dense, and each attempt has an outcome."""
    stored = evidence.stored["notifications"]
    attempts = {row["attempt_id"]: row for row in stored.rows("attempts")}
    obligations = {row["obligation_id"] for row in stored.rows("obligations")}
    violations = [f"request {line['request_id']}: {what}" for line, what in _orphans(evidence, attempts)]
    numbers: dict[str, list[int]] = defaultdict(list)
    for attempt_id, row in attempts.items():
        numbers[row["obligation_id"]].append(row["number"])
        if row["obligation_id"] not in obligations:
            violations.append(f"attempt {attempt_id} belongs to no obligation")
        if row["status"] == "claimed":
            violations.append(f"attempt {attempt_id} was claimed and never concluded")
    violations += [
        f"obligation {obligation} has the attempts {sorted(found)}"
        for obligation, found in numbers.items()
        if sorted(found) != list(range(1, len(found) + 1))
    ]
    return Finding(invariant="I8 row before call", looked_at=len(attempts), violations=violations)


def _sendings(evidence: Evidence) -> list[Sending]:
    """In the order of acceptance; those without a row are reported by `check_attempts`."""
    stored = evidence.stored["notifications"]
    obligations = {row["attempt_id"]: row["obligation_id"] for row in stored.rows("attempts")}
    facts = {row["obligation_id"]: row["fact_key"] for row in stored.rows("obligations")}
    moves: dict[str, list[Row]] = defaultdict(list)
    for row in stored.rows("attempt_moves"):
        moves[row["attempt_id"]].append(row)
    replies = {line["replied"]: line["at"] for line in evidence.run.gateway if "replied" in line}
    disturbances = Disturbances(evidence.run, "notifications-worker")
    taken = [
        line
        for line in required.requests(evidence)
        if required.was_accepted(line) and line.get("attempt") in obligations
    ]
    return [
        Sending(
            line=line,
            obligation_id=obligations[line["attempt"]],
            fact=facts.get(obligations[line["attempt"]], ""),
            moves=moves[line["attempt"]],
            ambiguity=_ambiguity(line, replies.get(line["request_id"]), moves[line["attempt"]], disturbances),
        )
        for line in sorted(taken, key=required.at)
    ]


def _ambiguity(
    line: Line, replied_at: str | None, moves: Sequence[Row], disturbances: Disturbances
) -> str | None:
    """Why the platform could not know that this was accepted; None when it knew or should have."""
    given_up_at = next((move["at"] for move in moves if move["status"] == "unknown"), None)
    if given_up_at is None:
        return None
    if replied_at is None:
        return "never answered"
    if moment(replied_at) >= given_up_at:
        return "answered too late"
    return "answer lost" if disturbances.overlapped(required.at(line), moment(replied_at)) else None


def _pairs(sendings: Sequence[Sending]) -> Iterator[tuple[Sending, Sending]]:
    """Each pair of an earlier and a later sending of one message, once."""
    by_obligation: dict[str, list[Sending]] = defaultdict(list)
    by_words: dict[tuple[str, str], list[Sending]] = defaultdict(list)
    last_of_fact: dict[tuple[str, str], Sending] = {}
    for later in sendings:
        phone, text = later.line["to"], later.line["text"]
        before = last_of_fact.get((phone, later.fact))
        if before is not None and before.line["text"] != text and before.obligation_id != later.obligation_id:
            by_words.pop((phone, text), None)  # these words are news again
        last_of_fact[phone, later.fact] = later
        same = (by_obligation[later.obligation_id], by_words[phone, text])
        earlier = {sending.line["request_id"]: sending for found in same for sending in found}
        yield from ((sending, later) for sending in earlier.values())
        for found in same:
            found.append(later)


def _orphans(evidence: Evidence, attempts: dict[str, Row]) -> Iterator[tuple[Line, str]]:
    called: set[str] = set()
    for line in required.requests(evidence):
        attempt_id = line.get("attempt", "")
        row = attempts.get(attempt_id)
        if row is None:
            yield line, "no attempt was written for it"
        elif attempt_id in called:
            yield line, "the same attempt was sent twice"
        elif required.at(line) < row["claimed_at"]:
            yield line, "it was sent before its attempt was claimed"
        called.add(attempt_id)
