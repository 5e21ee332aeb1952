"""Folds everything that was stated about a person into the person's pathway.

Convergent: the result depends on the set of events only, not on their order or repetition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.pathway.domain.expectations import expected_arrivals
from services.pathway.domain.marks import marks_between, marks_of_deadlines, marks_within
from services.pathway.domain.movements import movement_histories
from services.pathway.domain.pathway import Mark, MovementState, Pathway, Stay
from services.pathway.domain.rules import Rules
from services.pathway.domain.stays import first_admission, stay_of
from shared.events.envelope import RecordedEvent


def fold(events: Iterable[RecordedEvent], rules: Rules) -> Pathway:
    """The pathway that follows from the events of one person, each given once or more, in any order."""
    histories = movement_histories(events)
    movements = sorted((history.current for history in histories), key=lambda known: known.timeline_key)
    by_stay: dict[UUID, list[MovementState]] = defaultdict(list)
    for movement in movements:
        by_stay[movement.stay_id].append(movement)
    active = {stay_id: [known for known in stay if not known.cancelled] for stay_id, stay in by_stay.items()}
    expectations = expected_arrivals(histories, active, rules)
    stays = [stay_of(stay, expectations=expectations) for stay in by_stay.values()]
    marks = _marks(stays, active, rules)
    stated_by = {content.establishment for history in histories for content in history.contents}
    return Pathway(
        stays=tuple(
            replace(stay, marks=_marks_of(active[stay.stay_id], marks)) if marks else stay
            for stay in sorted(stays, key=lambda stay: (stay.started_at, stay.stay_id))
        ),
        movements=tuple(
            replace(movement, marks=marks[movement.movement_id])
            if movement.movement_id in marks
            else movement
            for movement in movements
        ),
        establishments=tuple(sorted(stated_by)),
        expectations=expectations,
    )


def _marks(
    stays: Sequence[Stay], active: Mapping[UUID, Sequence[MovementState]], rules: Rules
) -> dict[UUID, tuple[Mark, ...]]:
    starts = {
        stay_id: first_admission(movements) or movements[0]
        for stay_id, movements in active.items()
        if movements
    }
    marks: dict[UUID, set[Mark]] = defaultdict(set)
    for found in (
        marks_between(stays, starts, rules),
        *(marks_within(stay) for stay in active.values()),
        *(marks_of_deadlines(stay, rules) for stay in active.values()),
    ):
        for movement_id, more in found.items():
            marks[movement_id] |= more
    return {movement_id: tuple(sorted(found)) for movement_id, found in marks.items()}


def _marks_of(movements: Sequence[MovementState], marks: Mapping[UUID, tuple[Mark, ...]]) -> tuple[Mark, ...]:
    found = {mark for movement in movements for mark in marks.get(movement.movement_id, ())}
    return tuple(sorted(found))
