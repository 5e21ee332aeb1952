"""I3: checks that each event says what its sender said, about the same person, movement, stay and unit.

The platform gives persons, movements, stays and the units that nobody registered ids of its own, which the
checker cannot compute. It checks instead that the senders' ids and the platform's ids map one to one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Event, Row
from tests.continuity.checker.reading.journals import Run
from tests.continuity.checker.verdict import Finding

_AS_STATED: Final = ("kind", "establishment", "class_of_stay")
_MAY_BE_LEFT: Final = frozenset({"unit", "class_of_stay", "origin", "destination"})
_MOMENTS: Final = ("occurred_at", "emitted_at")
_PLACES: Final = ("origin", "destination")
_STEPS: Final[Mapping[str, str]] = {
    "insert admission": "patient-admitted",
    "insert transfer": "patient-transferred",
    "insert discharge": "patient-discharged",
    "update": "movement-updated",
    "cancel": "movement-cancelled",
    "insert further": "further-movement-stated",
    "update further": "further-movement-updated",
    "cancel further": "further-movement-cancelled",
}


def check_whose(evidence: Evidence) -> Finding:
    """Senders' and ledger's persons, movements, stays and units correspond one to one.

    While persons are one, what is stated of either is published under one of them.
    """
    whose = evidence.whose
    named: dict[str, set[tuple[str, str]]] = defaultdict(set)
    of_event = {
        row["event_id"]: row["source_event_id"] for row in evidence.stored["admission"].rows("submissions")
    }
    strangers = []
    for event in evidence.movements:
        for line in evidence.run.sent.get(of_event.get(event.event_id, ""), ()):
            person = line["person"]
            if person not in whose.related:
                named["person"].add((person, event.subject))
            elif not any(event.subject in whose.ids.get(each, ()) for each in whose.related[person]):
                strangers.append(f"{event.event_id} about {person} is stated of {event.subject}")
            for what in ("movement", "stay"):
                named[what].add((line["stated"][f"{what}_id"], event.data[f"{what}_id"]))
    named["unit"] = set(_units(evidence))
    named["person"] |= {
        (person, person_id) for person in whose.related for person_id in whose.ids.get(person, ())
    }
    subjects = {event.event_id: event.subject for event in evidence.movements}
    violations = strangers + [
        f"{line['source_event_id']} was answered as about {line['person_id']}"
        for line in evidence.run.clients
        if line["what"] == "answer"
        and line.get("person_id") is not None
        and subjects.get(line["event_id"], line["person_id"]) != line["person_id"]
    ]
    violations += [f"{what} {found}" for what, pairs in named.items() for found in _not_one_to_one(pairs)]
    return Finding(invariant="I3 whose it is", looked_at=sum(map(len, named.values())), violations=violations)


def _units(evidence: Evidence) -> Iterator[tuple[str, str]]:
    rows = {row["event_id"]: row for row in evidence.stored["admission"].rows("submissions")}
    for event in evidence.movements:
        row, code = rows.get(event.event_id), str(event.data.get("unit") or "")
        for line in evidence.run.sent_as(row["source_event_id"], row["sha256"]) if row and code else ():
            if line["sha256"] is not None:
                yield f"{line['stated']['establishment']} {line['stated'].get('unit')}", code


def differences(event: Event, run: Run, row: Row) -> Iterator[str]:
    """How the event differs from the content that was stored."""
    stated = [line["stated"] for line in run.sent_as(row["source_event_id"], row["sha256"])]
    if not stated:
        yield f"nobody sent the content of {row['source_event_id']}"
    elif not any(_says_the_same(event, each) for each in stated):
        yield f"the event of {row['source_event_id']} does not say what its sender said"


def _says_the_same(event: Event, stated: Mapping[str, Any]) -> bool:
    data, action = event.data, stated["action"]
    insert = f"insert {stated['kind']}"
    if insert not in _STEPS:
        step = _STEPS[f"{action} further"]
    else:
        step = _STEPS[insert if action == "insert" else action]
    return (
        event.type == f"relais.admission.{step}.v1"
        and all(data.get(name) == stated.get(name) for name in _AS_STATED)
        and (data.get("unit") is None) == (stated.get("unit") is None)
        and all(_moment(data[name]) == _moment(stated[name]) for name in _MOMENTS)
        and all(_place(data.get(name)) == _place(stated.get(name)) for name in _PLACES)
        and _names(data) == (_MAY_BE_LEFT & stated.keys() if action == "update" else _MAY_BE_LEFT)
    )


def _names(data: Mapping[str, Any]) -> frozenset[str]:
    """The fields that the event states; those that it leaves alone stay as they are."""
    named = data.get("names")
    return _MAY_BE_LEFT if named is None else frozenset(named)


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _place(said: Mapping[str, Any] | None) -> dict[str, Any]:
    place = {name: value for name, value in (said or {}).items() if value is not None}
    return {**place, **({"expected_at": _moment(place["expected_at"])} if "expected_at" in place else {})}


def _not_one_to_one(pairs: set[tuple[str, str]]) -> Iterator[str]:
    theirs: dict[str, set[str]] = defaultdict(set)
    ours: dict[str, set[str]] = defaultdict(set)
    for their, our in pairs:
        theirs[their].add(our)
        ours[our].add(their)
    yield from (f"{their} became {len(found)}" for their, found in theirs.items() if len(found) > 1)
    yield from (f"{our} is {len(found)} of the senders'" for our, found in ours.items() if len(found) > 1)
