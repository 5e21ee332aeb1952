"""I1 to I3: checks that the ledger holds every acknowledged movement exactly once, and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tests.continuity.checker.admission.stated import differences
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Row
from tests.continuity.checker.reading.journals import Line, is_hl7
from tests.continuity.checker.verdict import Finding

_ACKNOWLEDGED: Final = {200, 202}


def check_acknowledged(evidence: Evidence) -> Finding:
    """I1: the ledger and the submissions hold each once, with the event id and content of the answer.

    A movement answered with the event id of another one counts as lost.
    """
    in_ledger = Counter(event.event_id for event in evidence.movements)
    submissions = _submissions(evidence)
    lost: set[str] = set()
    violations: list[str] = []
    for key, answers in evidence.answers.items():
        named = {line["event_id"] or f"of {key}" for line in answers}
        lost |= named - {row["event_id"] for row in submissions[key]}
        if any(line.get("receipt_was_missing") for line in answers):
            violations.append(f"{key} was acknowledged before it was stored")
        if len(named) > 1:
            violations.append(f"{key} was answered with {len(named)} different events")
        for event_id in named:
            if in_ledger[event_id] == 0:
                lost.add(event_id)
            elif in_ledger[event_id] > 1:
                violations.append(f"{event_id} is {in_ledger[event_id]} times in the ledger")
        violations += _content_of(key, answers, submissions[key])
    return Finding(
        invariant="I1 acknowledged",
        looked_at=len(evidence.answers),
        violations=violations,
        lost=frozenset(lost),
    )


def check_unknown(evidence: Evidence) -> Finding:
    """I2: what was never answered is stored at most once; what was only refused is not stored."""
    submissions = _submissions(evidence)
    outcomes: dict[str, set[object]] = defaultdict(set)
    for line in evidence.run.clients:
        if line["what"] != "send":
            outcomes[line["source_event_id"]].add(line["status"] if line["what"] == "answer" else "unknown")
    violations = [
        f"{key}, refused with {sorted(map(str, said))}, is stored"
        for key, said in outcomes.items()
        if submissions[key] and all(_is_refusal(status) for status in said)
    ]
    violations += [f"{key} is stored {len(rows)} times" for key, rows in submissions.items() if len(rows) > 1]
    unknown = [said for said in outcomes.values() if "unknown" in said]
    given_up = sum(not said & _ACKNOWLEDGED for said in unknown)
    return Finding(
        invariant="I2 unknown outcomes",
        looked_at=len(unknown),
        violations=violations,
        figures={"never answered": given_up},
    )


def check_nothing_invented(evidence: Evidence) -> Finding:
    """I3: each movement in the ledger was sent by a client, with the same content.

    What is stated again under another person is compared with what was stated first (`identities`).
    """
    by_event = {row["event_id"]: row for row in evidence.stored["admission"].rows("submissions")}
    violations = [
        f"submission {row['source_event_id']} was sent by nobody"
        for row in by_event.values()
        if row["source_event_id"] not in evidence.run.sent
    ]
    for event in evidence.movements:
        if event.data.get("restates"):
            continue
        row = by_event.pop(event.event_id, None)
        if row is None:
            violations.append(f"ledger event {event.event_id} comes from no submission")
            continue
        violations += differences(event, evidence.run, row)
    violations += [f"submission of {event_id} has no event in the ledger" for event_id in by_event]
    return Finding(invariant="I3 nothing invented", looked_at=len(evidence.movements), violations=violations)


def _submissions(evidence: Evidence) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in evidence.stored["admission"].rows("submissions"):
        found[row["source_event_id"]].append(row)
    return found


def _content_of(key: str, answers: Sequence[Line], rows: Sequence[Row]) -> Iterator[str]:
    said = {line["content_sha256"] for line in answers}
    said |= {line["body_sha256"] for line in answers if not is_hl7(line)}
    if said != {row["sha256"] for row in rows}:
        yield f"{key} was acknowledged with other content than is stored"


def _is_refusal(status: object) -> bool:
    # 409 refuses this content; what was stored first under the same id stays.
    return isinstance(status, int) and 400 <= status < 500 and status != 409
