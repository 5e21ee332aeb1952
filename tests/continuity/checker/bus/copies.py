"""I6: checks that every service stored the facts that it applied, unchanged."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Event, Row
from tests.continuity.checker.verdict import Finding

_ACTIONS: Final[Mapping[str, str]] = {"movement-updated": "update", "movement-cancelled": "cancel"}


def check_copies(evidence: Evidence) -> Finding:
    """The sets from which pathway, notifications and indicators compute their projections."""
    movements = {event.event_id: event for event in evidence.movements}
    ended = {event.event_id: event for event in evidence.reassigned}
    merges = {event.event_id: event for event in evidence.stored["admission"].ledger if event.is_merge}
    arrivals = {event.event_id: event for event in evidence.stored["pathway"].ledger}
    settled = {event.event_id: event for event in evidence.stored["notifications"].ledger}
    indicators = evidence.stored["indicators"]
    parked = {
        service: {row["event_id"] for row in stored.rows("parked") if row["state"] == "parked"}
        for service, stored in evidence.stored.items()
    }
    violations = [
        *_unchanged(
            "pathway",
            evidence.stored["pathway"].rows("movement_events"),
            {**movements, **ended},
            parked["pathway"],
        ),
        *_unchanged(
            "notifications",
            evidence.stored["notifications"].rows("facts"),
            {**movements, **ended, **merges, **arrivals},
            parked["notifications"],
        ),
        *_figures(indicators.rows("movement_facts"), movements, parked["indicators"]),
        *_endings(indicators.rows("reassignment_facts"), ended, parked["indicators"]),
        *_effect_violations(
            "expectation facts", indicators.rows("expectation_facts"), arrivals, parked["indicators"]
        ),
        *_outcomes(indicators.rows("obligation_facts"), settled, parked["indicators"]),
    ]
    looked_at = 3 * len(movements) + 3 * len(ended) + len(merges) + 2 * len(arrivals) + len(settled)
    return Finding(invariant="I6 copies of facts", looked_at=looked_at, violations=violations)


def _effect_violations(
    what: str, rows: Iterable[Row], events: Mapping[str, Event], parked: set[str]
) -> Iterator[str]:
    kept = {row["event_id"] for row in rows}
    for event_id in events.keys() - kept - parked:
        yield f"{what}: {event_id} was applied without effect"
    for event_id in kept - events.keys():
        yield f"{what}: {event_id} was never published"


def _unchanged(
    service: str, rows: Iterable[Row], events: Mapping[str, Event], parked: set[str]
) -> Iterator[str]:
    rows = list(rows)
    yield from _effect_violations(f"facts of {service}", rows, events, parked)
    for row in rows:
        event = events.get(row["event_id"])
        if event is not None and _plain(json.loads(row["data"])) != _plain(event.data):
            yield f"facts of {service}: {row['event_id']} says something else than the ledger"


def _figures(rows: Iterable[Row], events: Mapping[str, Event], parked: set[str]) -> Iterator[str]:
    rows = list(rows)
    yield from _effect_violations("movement facts", rows, events, parked)
    for row in rows:
        event = events.get(row["event_id"])
        if event is not None and _counted_fields(row) != _to_count(event):
            yield f"movement facts: {row['event_id']} says something else than the ledger"


def _counted_fields(row: Row) -> tuple[object, ...]:
    """The fields of a movement that indicators uses."""
    names = ("action", "movement_id", "kind", "establishment", "destination_establishment")
    return (*(row[name] for name in names), row["occurred_at"], row["emitted_at"])


def _to_count(event: Event) -> tuple[object, ...]:
    data, step = event.data, event.type.split(".")[2]
    action = _ACTIONS.get(step, "insert")
    said = (data["movement_id"], data["kind"], data["establishment"])
    going_to = (data.get("destination") or {}).get("establishment")
    moments = (datetime.fromisoformat(data[name]) for name in ("occurred_at", "emitted_at"))
    return (action, *said, going_to, *moments)


def _outcomes(rows: Iterable[Row], events: Mapping[str, Event], parked: set[str]) -> Iterator[str]:
    rows = list(rows)
    yield from _effect_violations("obligation facts", rows, events, parked)
    for row in rows:
        event = events.get(row["event_id"])
        names = ("obligation_id", "outcome")
        if event is not None and any(row[name] != event.data[name] for name in names):
            yield f"obligation facts: {row['event_id']} says something else than the ledger"


def _endings(rows: Iterable[Row], events: Mapping[str, Event], parked: set[str]) -> Iterator[str]:
    rows = list(rows)
    yield from _effect_violations("reassignment facts", rows, events, parked)
    for row in rows:
        event = events.get(row["event_id"])
        names = ("movement_id", "establishment")
        if event is not None and any(row[name] != event.data[name] for name in names):
            yield f"reassignment facts: {row['event_id']} says something else than the ledger"


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without null fields, which encoding leaves out."""
    return {
        name: _plain(value) if isinstance(value, dict) else value
        for name, value in data.items()
        if value is not None
    }
