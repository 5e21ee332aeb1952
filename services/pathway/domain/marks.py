"""Marks what contradicts or ends other stays, or can have no effect, until late facts explain it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from services.pathway.domain.deadlines import deadline_of
from services.pathway.domain.further.expectations import is_unusable
from services.pathway.domain.pathway import Mark
from services.pathway.domain.rules import Rules
from shared.stays.movements import MovementHistory
from shared.stays.presences import Presence
from shared.stays.statements import FACTS, PLANS, Statement
from shared.stays.stays import FOR_EVER, Stay

Marks = Mapping[UUID, frozenset[Mark]]

_UNKNOWN_DEADLINE: Final[frozenset[Mark]] = frozenset({"unknown_deadline"})
_AFTER_DEATH: Final[frozenset[Mark]] = frozenset({"after_death"})
_ENDED: Final[frozenset[Mark]] = frozenset({"ended_by_next_stay"})
_AFTER_DEATH_ELSEWHERE: Final[frozenset[Mark]] = frozenset({"after_death_elsewhere"})
_OVERLAPPING: Final[frozenset[Mark]] = frozenset({"overlapping_stay"})


def marks_of_deadlines(active: Iterable[Statement], rules: Rules) -> Marks:
    """Departures that say when the person is expected, which is no moment to watch for."""
    return {
        movement.movement_id: _UNKNOWN_DEADLINE
        for movement in active
        if movement.destination is not None
        and movement.destination_elsewhere is not None
        and deadline_of(movement, rules).is_unknown
    }


def marks_of_returns(stay: Stay) -> Marks:
    """Leaves that say when the person is expected back, which is no moment to watch for."""
    return {
        leave.began_by.movement_id: _UNKNOWN_DEADLINE
        for leave in stay.presences.leaves
        if is_unusable(leave.began_by)
    }


def marks_of_ends(stays: Iterable[Stay]) -> Marks:
    """The last movements of stays whose end was not stated, but ended by the beginning of the next one."""
    return {stay.movements[-1].movement_id: _ENDED for stay in stays if stay.ended_by_next_stay is not None}


def marks_after_death(
    histories: Iterable[MovementHistory], deaths: Sequence[Statement], rules: Rules, *, at: datetime
) -> Marks:
    """What is stated of life after a death: it ends no expectation and begins none.

    A discharge may be written after the death that ended the stay, and the dead are moved to the mortuary.
    """
    if not deaths:
        return {}
    died_at = min(death.occurred_at for death in deaths)
    knowing = {death.establishment for death in deaths}
    return {
        movement.movement_id: _AFTER_DEATH if movement.establishment in knowing else _AFTER_DEATH_ELSEWHERE
        for movement in (each.current for each in histories if each.reassigned is None and not each.cancelled)
        if movement.occurred_at <= at
        and _is_of_life(movement, after=movement.occurred_at - died_at, rules=rules)
    }


def _is_of_life(movement: Statement, *, after: timedelta, rules: Rules) -> bool:
    if after <= rules.ward_ahead or movement.kind == "death":
        return False
    if movement.destination_elsewhere is not None:
        return True
    if movement.kind == "transfer":
        return after > rules.mortuary_within
    return movement.kind in FACTS | PLANS and movement.kind != "discharge"


def marks_between(stays: Sequence[Stay], rules: Rules) -> Marks:
    """Contradictions between stays, on the first movement of the stay that began later.

    `stays` are in order of their beginning: who had left by then overlaps no later one either.
    """
    marks: dict[UUID, frozenset[Mark]] = {}
    there: list[_Held] = []
    for stay in stays if len(stays) > 1 else ():
        spans = stay.parts(counts=lambda each: each not in rules.shareable_classes)
        if not spans:
            continue
        began_at = stay.start.occurred_at
        there = [held for held in there if (held.spans[-1].ended_at or FOR_EVER) > began_at]
        held = _Held(stay.start.establishment, spans)
        if any(_overlap(before, held, rules) for before in there):
            marks[stay.start.movement_id] = _OVERLAPPING
        there.append(held)
    return marks


class _Held(NamedTuple):
    """When a person was in an establishment under a class that nobody else may share."""

    establishment: str
    spans: tuple[Presence, ...]


def _overlap(before: _Held, after: _Held, rules: Rules) -> bool:
    if before.establishment == after.establishment:
        return False
    return any(
        min(here.ended_at or FOR_EVER, there.ended_at or FOR_EVER) - max(here.began_at, there.began_at)
        > rules.overlap_tolerance
        for here in before.spans
        for there in after.spans
    )
