"""Sums up the movements of each stay: its beginning, its end, its status."""

from collections.abc import Iterable, Sequence

from services.pathway.domain.expectations import destination_of
from services.pathway.domain.pathway import Expectation, MovementState, Status, Stay


def first_admission(active: Sequence[MovementState]) -> MovementState | None:
    return next((movement for movement in active if movement.kind == "admission"), None)


def end_of(active: Sequence[MovementState]) -> MovementState | None:
    """The movement that ends a stay: its first discharge after the admission, or a last departure.

    A discharge before the admission contradicts it, so it ends nothing. `active` is in timeline order.
    """
    admission = first_admission(active)
    after = admission is None
    for movement in active:
        if after and movement.kind == "discharge":
            return movement
        after = after or movement is admission
    return active[-1] if active and destination_of(active[-1]) else None


def stay_of(movements: Sequence[MovementState], *, expectations: Iterable[Expectation]) -> Stay:
    """The stay of these movements in timeline order, without marks; `expectations` may be of any stay."""
    active = [movement for movement in movements if not movement.cancelled]
    start = first_admission(active) or (active or movements)[0]
    end = end_of(active)
    return Stay(
        stay_id=start.stay_id,
        establishment=start.establishment,
        status=_status(active, end, expectations=expectations),
        started_at=start.occurred_at,
        ended_at=end.occurred_at if end else None,
        class_of_stay=next((each.class_of_stay for each in reversed(active) if each.class_of_stay), None),
        unit=next((each.unit for each in reversed(active) if each.unit), None),
    )


def _status(
    active: Sequence[MovementState], end: MovementState | None, *, expectations: Iterable[Expectation]
) -> Status:
    if not active:
        return "cancelled"
    if end is None:
        return "in_progress"
    if end.kind == "discharge":
        return "finished"
    movement_ids = {movement.movement_id for movement in active}
    has_arrived = any(
        expectation.arrived_at is not None
        and expectation.departed_at == end.occurred_at
        and expectation.departure_movement_id in movement_ids
        for expectation in expectations
    )
    return "finished" if has_arrived else "on_the_way"
