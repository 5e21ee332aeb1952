"""I3: checks that in the end each movement is one person's, the one whom the senders' journal says.

A movement is a fact of those persons of whom the last thing published about it is a statement, not its end.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Event
from tests.continuity.checker.verdict import Finding

_GIVEN_ANEW: Final = frozenset({"restates"})


def check_in_the_end(evidence: Evidence) -> Finding:
    """Exactly the right person has each movement, with everything that was stated of it."""
    events = {event.event_id: event for event in evidence.movements}
    stated = _stated(evidence)
    violations: list[str] = []
    lost: set[str] = set()
    for movement, said in evidence.whose.events.items():
        right = evidence.whose.ids.get(evidence.whose.owner(movement), frozenset())
        for movement_id in {events[each.event_id].data["movement_id"] for each in said}:
            found = evidence.holders.get(movement_id, set())
            if found != right:
                violations.append(f"movement {movement_id} is of {sorted(found)}, not of {sorted(right)}")
            for person_id in found & right:
                lost |= {each.event_id for each in said} - stated[person_id, movement_id]
    violations += _wrongly_restated(evidence, events)
    return Finding(
        invariant="I3 whose in the end",
        looked_at=len(evidence.whose.events),
        violations=violations,
        lost=frozenset(lost),
        figures={
            "stated again": sum("restates" in event.data for event in evidence.movements),
            "reassigned": len(evidence.reassigned),
        },
    )


def _stated(evidence: Evidence) -> Mapping[tuple[str, str], set[str]]:
    """Person and movement -> the first events of all that is stated of it there."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in evidence.movements:
        origin = event.data.get("restates") or event.event_id
        found[event.subject, event.data["movement_id"]].add(origin)
    return found


def _wrongly_restated(evidence: Evidence, events: Mapping[str, Event]) -> Iterator[str]:
    subjects: dict[str, set[str]] = defaultdict(set)
    for event in evidence.movements:
        subjects[event.data["movement_id"]].add(event.subject)
        if origin := event.data.get("restates"):
            first = events.get(origin)
            if first is None:
                yield f"{event.event_id} states again what nobody stated"
            elif (first.type, first.occurred_at, _content(first)) != (
                event.type,
                event.occurred_at,
                _content(event),
            ):
                yield f"{event.event_id} says something else than {origin}, which it states again"
    for event in evidence.reassigned:
        if event.data["to_person"] not in subjects[event.data["movement_id"]]:
            yield f"{event.event_id} gives a movement to a person of whom it is never stated"


def _content(event: Event) -> dict[str, object]:
    return {name: value for name, value in event.data.items() if name not in _GIVEN_ANEW}
