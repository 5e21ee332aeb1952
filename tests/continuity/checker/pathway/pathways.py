"""I6: compares every stored pathway with the checker's own fold of the ledger."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.pathway.arrivals import ArrivalRules, arrivals_of
from tests.continuity.checker.pathway.fold import ExpectedArrival, Movement, movements_of
from tests.continuity.checker.pathway.stays import stays_of
from tests.continuity.checker.reading.databases import Row
from tests.continuity.checker.verdict import Finding

CLOCK_TURN: Final = timedelta(seconds=10)
"""How long after its moment a rupture, or a plan, may still be unrecorded: the duties run once a second."""


def check_pathways(evidence: Evidence) -> Finding:
    """Movements, stays and expected arrivals of every person."""
    stored = evidence.stored["pathway"]
    waiting = _waiting(evidence.run.about.get("rules", {}))
    documents = {row["person_id"]: row["document"] for row in stored.rows("pathways")}
    tracked: dict[str, list[Row]] = {}
    for row in stored.rows("expectations"):
        tracked.setdefault(row["person_id"], []).append(row)
    violations: list[str] = []
    for person in evidence.facts_of.keys() | evidence.movements_of.keys():
        wrong: list[str] = []
        for moment in (stored.now, stored.now - CLOCK_TURN):
            movements = movements_of(evidence.facts_of.get(person, ()), now=moment)
            arrivals = arrivals_of(movements, waiting)
            wrong = [
                *_document(documents.get(person), movements, arrivals),
                *_expectations(tracked.get(person, ()), arrivals, now=stored.now),
            ]
            if not wrong:
                break
        violations += [f"{person}: {what}" for what in wrong]
    violations += [
        f"{person}: a pathway without any movement"
        for person in documents.keys() - evidence.movements_of.keys()
    ]
    return Finding(
        invariant="I6 pathways = fold",
        looked_at=len(evidence.movements_of),
        violations=violations,
        figures={"expected arrivals": sum(map(len, tracked.values()))},
    )


def _document(
    text: str | None, movements: Sequence[Movement], arrivals: Sequence[ExpectedArrival]
) -> Iterator[str]:
    if text is None:
        yield "no pathway"
        return
    document: Mapping[str, Any] = json.loads(text)
    shown = {each["movement_id"]: _shown_movement(each) for each in document["movements"]}
    true = {each.movement_id: _true_movement(each) for each in movements}
    yield from _differences("movement", shown, true)
    stays = {
        each["stay_id"]: (
            each["establishment"],
            each["status"],
            _moment(each["started_at"]),
            _moment(each.get("ended_at")),
        )
        for each in document["stays"]
    }
    true_stays = {
        stay_id: (stay.establishment, stay.status, stay.started_at, stay.ended_at)
        for stay_id, stay in stays_of(movements, arrivals).items()
    }
    yield from _differences("stay", stays, true_stays)


def _shown_movement(said: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        said["kind"],
        said["establishment"],
        said["stay_id"],
        _moment(said["occurred_at"]),
        said.get("unit"),
        *((said.get("destination") or {}).get(name) for name in ("mode", "establishment")),
        said.get("cancelled", False),
        said.get("planned", False),
    )


def _true_movement(movement: Movement) -> tuple[object, ...]:
    return (
        movement.kind,
        movement.establishment,
        movement.stay_id,
        movement.occurred_at,
        movement.event.data.get("unit"),
        *(movement.destination.get(name) for name in ("mode", "establishment")),
        movement.cancelled,
        movement.planned,
    )


def _expectations(
    rows: Sequence[Row], arrivals: Sequence[ExpectedArrival], *, now: datetime
) -> Iterator[str]:
    shown = {
        (row["departure_movement_id"], row["to_establishment"]): row
        for row in rows
        if row["state"] != "withdrawn"
    }
    true = {wait.key: wait for wait in arrivals}
    for departure, to in true.keys() - shown.keys():
        yield f"the arrival at {to} after {departure} is not expected"
    for departure, to in shown.keys() - true.keys():
        yield f"an arrival at {to} after {departure} is expected, which nothing supports"
    for key in true.keys() & shown.keys():
        wait, row = true[key], shown[key]
        if row["state"] not in states_at(wait, now):
            yield f"the arrival after {wait.departure} is {row['state']}, not {states_at(wait, now)}"
        if (row["due_at"], row["arrival_movement_id"]) != (wait.due_at, wait.met_by):
            yield f"the arrival after {wait.departure} has another deadline or another end"


def states_at(wait: ExpectedArrival, now: datetime) -> set[str]:
    """The states it may have at that moment: two while the deadline has just passed."""
    if wait.arrived_at is not None:
        return {"met_late" if wait.arrived_at > wait.due_at else "met"}
    if wait.ended_as is not None:
        return {wait.ended_as}
    if now <= wait.due_at:
        return {"open"}
    return {"overdue"} if now > wait.due_at + CLOCK_TURN else {"open", "overdue"}


def _differences(what: str, shown: Mapping[str, object], true: Mapping[str, object]) -> Iterator[str]:
    for key in sorted(shown.keys() | true.keys()):
        if shown.get(key) != true.get(key):
            yield f"{what} {key} is shown as {shown.get(key)}, but is {true.get(key)}"


def _waiting(rules: Mapping[str, float]) -> ArrivalRules:
    usual = ArrivalRules()
    return ArrivalRules(
        grace=timedelta(seconds=rules.get("arrival_grace_seconds", usual.grace.total_seconds())),
        default=timedelta(seconds=rules.get("arrival_default_seconds", usual.default.total_seconds())),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
