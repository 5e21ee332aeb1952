"""Says what is shown of a stay: its beginning, its end, its status; and what others are not shown of it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from services.pathway.domain.pathway import Expectation, Mark, MovementState, Status, Stay
from shared.stays import stays as reading

_OF_OTHERS: Final[frozenset[Mark]] = frozenset({"overlapping_stay", "after_death_elsewhere"})


def stay_of(
    stay: reading.Stay, *, expectations: Iterable[Expectation], met_elsewhere: Collection[UUID] = ()
) -> Stay:
    """What is shown of it, without marks; `expectations` may be of any stay.

    A planned stay whose plan was met under another number ended before it began (`met_elsewhere`).
    """
    return Stay(
        stay_id=stay.stay_id,
        establishment=stay.start.establishment,
        status="cancelled" if stay.stay_id in met_elsewhere else _status(stay, expectations=expectations),
        started_at=stay.start.occurred_at,
        ended_at=stay.ended_at,
        class_of_stay=stay.class_of_stay or stay.start.class_of_stay,
        unit=stay.unit or stay.start.unit,
    )


def _of_nothing_understood(stay: reading.Stay) -> Status:
    """Of which nothing that happened says where the person is; nobody is anywhere after their death."""
    if stay.cancelled:
        return "cancelled"
    if stay.planned:
        return "planned"
    return "finished" if stay.deaths else "unknown"


def _status(stay: reading.Stay, *, expectations: Iterable[Expectation]) -> Status:
    if not stay.movements:
        return _of_nothing_understood(stay)
    left_by = stay.presences.left_by
    if stay.on_leave:
        return "on_leave"
    if left_by is None:
        return "in_progress" if stay.ended_by_next_stay is None else "finished"
    if stay.presences.closed:
        return "finished"
    has_arrived = any(
        (expectation.arrived_at or expectation.ended_at) is not None
        and expectation.departed_at == left_by.occurred_at
        and expectation.departure_movement_id in (movement.movement_id for movement in stay.movements)
        for expectation in expectations
    )
    return "finished" if has_arrived else "on_the_way"


def shown_to_others(stay: Stay, movements: Sequence[MovementState], over: Sequence[Expectation]) -> Stay:
    """The stay without what only others know: who left is on the way, until the reader may know more.

    `over` are the expectations of which the reader may know that they ended.
    """
    shown = replace(stay, marks=without_others(stay.marks))
    if stay.status != "finished" or "ended_by_next_stay" in stay.marks:
        return shown
    of_stay = {each.movement_id: each for each in movements if each.stay_id == stay.stay_id}
    discharged = any(
        each.kind in ("discharge", "death")
        and not (each.cancelled or each.planned)
        and (stay.ended_at is None or each.occurred_at >= stay.ended_at)
        for each in of_stay.values()
    )
    has_arrived = any(
        expectation.departed_at == stay.ended_at
        for expectation in over
        if expectation.departure_movement_id in of_stay
    )
    return shown if discharged or has_arrived else replace(shown, status="on_the_way")


def without_others(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """The marks, without those that tell of a stay or a death in another establishment."""
    if _OF_OTHERS.isdisjoint(marks):
        return marks
    return tuple(mark for mark in marks if mark not in _OF_OTHERS)
