"""Marks movements that contradict the other facts; a mark disappears when late facts explain it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.pathway.domain.deadlines import is_unknown
from services.pathway.domain.expectations import destination_of
from services.pathway.domain.pathway import Mark, MovementState, Stay
from services.pathway.domain.rules import Rules
from services.pathway.domain.stays import end_of, first_admission

Marks = Mapping[UUID, frozenset[Mark]]

_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


def marks_within(active: Sequence[MovementState]) -> Marks:
    """Contradictions inside one stay, by movement; `active` is in timeline order."""
    admission, end = first_admission(active), end_of(active)
    admitted = ended = False
    marks: dict[UUID, set[Mark]] = defaultdict(set)
    for movement in active:
        if admission is None:
            marks[movement.movement_id].add("unknown_stay")
        elif movement is admission:
            admitted = True
        elif not admitted:
            marks[movement.movement_id].add(
                "discharge_before_admission" if movement.kind == "discharge" else "transfer_before_admission"
            )
        elif movement.kind == "admission":
            marks[movement.movement_id].add("admitted_twice")
        if ended:
            marks[movement.movement_id].add("movement_after_discharge")
        ended = ended or (movement is end and movement.kind == "discharge")
    return {movement_id: frozenset(found) for movement_id, found in marks.items()}


def marks_of_deadlines(active: Iterable[MovementState], rules: Rules) -> Marks:
    """Departures that say when the person is expected, which is no moment to watch for."""
    return {
        movement.movement_id: frozenset({"unknown_deadline"})
        for movement in active
        if destination_of(movement) is not None and is_unknown(movement, rules)
    }


def marks_between(stays: Iterable[Stay], starts: Mapping[UUID, MovementState], rules: Rules) -> Marks:
    """Contradictions between stays of which both establishments count the person as present.

    The mark is on the first movement of the stay that began later; `starts` gives that by stay.
    """
    shareable = rules.shareable_classes
    exclusive = [stay for stay in stays if stay.status != "cancelled" and stay.class_of_stay not in shareable]
    marks: dict[UUID, frozenset[Mark]] = {}
    earlier: list[Stay] = []
    for stay in sorted(exclusive, key=lambda stay: (stay.started_at, stay.stay_id)):
        if any(_overlap(before, stay, rules) for before in earlier):
            marks[starts[stay.stay_id].movement_id] = frozenset({"overlapping_stay"})
        earlier.append(stay)
    return marks


def _overlap(before: Stay, after: Stay, rules: Rules) -> bool:
    if before.establishment == after.establishment:
        return False
    both_end = min(before.ended_at or _FOR_EVER, after.ended_at or _FOR_EVER)
    return both_end - after.started_at > rules.overlap_tolerance
