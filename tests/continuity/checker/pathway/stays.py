"""Computes a person's stays from their movements, by the checker's own rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.continuity.checker.pathway.fold import ExpectedArrival, Movement


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A person's time in one establishment."""

    stay_id: str
    establishment: str
    status: str
    started_at: datetime
    ended_at: datetime | None


def stays_of(movements: Iterable[Movement], arrivals: Iterable[ExpectedArrival]) -> dict[str, Stay]:
    """Stay id -> stay of one person; `movements` in the order of occurrence."""
    by_stay: dict[str, list[Movement]] = defaultdict(list)
    for each in movements:
        by_stay[each.stay_id].append(each)
    arrived = {(wait.departure, wait.departed_at) for wait in arrivals if wait.arrived_at is not None}
    return {stay_id: _stay(stay, arrived) for stay_id, stay in by_stay.items()}


def _stay(movements: Sequence[Movement], arrived: set[tuple[str, datetime]]) -> Stay:
    active = [each for each in movements if not each.cancelled]
    admitted = next((each for each in active if each.kind == "admission"), None)
    start = admitted or (active or list(movements))[0]
    end = _end(active, admitted)
    return Stay(
        stay_id=start.stay_id,
        establishment=start.establishment,
        status=_status(active, end, arrived),
        started_at=start.occurred_at,
        ended_at=end.occurred_at if end else None,
    )


def _end(active: Sequence[Movement], admitted: Movement | None) -> Movement | None:
    for each in active:
        if each.kind == "discharge" and (admitted is None or each.order > admitted.order):
            return each
    return active[-1] if active and active[-1].leaves_for else None


def _status(active: Sequence[Movement], end: Movement | None, arrived: set[tuple[str, datetime]]) -> str:
    if not active:
        return "cancelled"
    if end is None:
        return "in_progress"
    if end.kind == "discharge":
        return "finished"
    has_arrived = any((each.movement_id, end.occurred_at) in arrived for each in active)
    return "finished" if has_arrived else "on_the_way"
