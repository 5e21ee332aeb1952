"""Folds everything that was stated about a person into the person's pathway.

Convergent: the result depends on the set of events only, not on their order or repetition.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.pathway.domain.deaths import deaths_of
from services.pathway.domain.expectations import expected_arrivals
from services.pathway.domain.further.expectations import further_expectations
from services.pathway.domain.further.plans import met_elsewhere
from services.pathway.domain.marks import (
    Marks,
    marks_after_death,
    marks_between,
    marks_of_deadlines,
    marks_of_ends,
    marks_of_returns,
)
from services.pathway.domain.pathway import Expectation, Mark, MovementState, Pathway, Stay
from services.pathway.domain.responsibility import responsibilities
from services.pathway.domain.rules import Rules
from services.pathway.domain.stays import stay_of
from shared.events.admission import Responsibility
from shared.events.envelope import RecordedEvent
from shared.stays import stays as reading
from shared.stays.doubts import NO_DOUBTS, doubts_of
from shared.stays.movements import MovementHistory, movement_histories
from shared.stays.stays import FOR_EVER

_NO_MARKS: tuple[Mark, ...] = ()
_MET: Mark = "met_under_another_number"


def fold(events: Iterable[RecordedEvent], rules: Rules, *, now: datetime = FOR_EVER) -> Pathway:
    """The pathway that follows from the events of one person, each given once or more, in any order.

    It is the state of that moment: what a ward dates later is a plan, which is shown and has no effect.
    """
    histories = movement_histories(events)
    at = end_of_past(now, rules)
    stays = reading.stays_of(histories, at=at)
    deaths = deaths_of(stays)
    died_at = min([death.occurred_at for death in deaths], default=None)
    expectations = expected_arrivals(histories, stays, rules, at=at, died_at=died_at)
    further = further_expectations(histories, stays, rules, at=at, died_at=died_at)
    met = met_elsewhere(further, stays) if further else {}
    of_life = marks_after_death(histories, deaths, rules, at=at)
    marks = _marks(of_life, stays, expectations, rules)
    marks |= {plan: (*marks.get(plan, _NO_MARKS), _MET) for plan in met}
    responsible = responsibilities(histories, at=at)
    shown = _with_doubts(marks, histories)
    movements = [_state_of(history, shown, at=at) for history in histories if history.reassigned is None]
    return Pathway(
        stays=tuple(_shown(each, expectations, marks, met, responsible.get(each.stay_id)) for each in stays),
        movements=tuple(movements),
        establishments=_establishments(histories),
        expectations=expectations,
        further_expectations=further,
    )


def _establishments(histories: Iterable[MovementHistory]) -> tuple[str, ...]:
    """Those that stated anything about the person; not those whose movements were somebody else's.

    Somebody who was merged into another person may still be asked for by the former id.
    """
    ours = [history for history in histories if history.reassigned in (None, "merged")]
    return tuple(sorted({content.establishment for history in ours for content in history.contents}))


def end_of_past(now: datetime, rules: Rules) -> datetime:
    """The latest date that still means the past: a ward's clock may run ahead of ours."""
    return min(now, FOR_EVER - rules.ward_ahead) + rules.ward_ahead


def next_plan(pathway: Pathway) -> datetime | None:
    """When the next plan becomes a fact, if nothing else is stated until then.

    One that was cancelled will be none either, but is shown as planned until its hour.
    """
    return min((each.occurred_at for each in pathway.movements if each.planned), default=None)


def _marks(
    of_life: Marks,
    stays: Sequence[reading.Stay],
    expectations: Sequence[Expectation],
    rules: Rules,
) -> dict[UUID, tuple[Mark, ...]]:
    found: list[Marks] = [of_life, *[stay.presences.marks for stay in stays]]
    if len(stays) > 1:
        found += [marks_between(stays, rules), marks_of_ends(stays)]
    if expectations:
        found += [marks_of_deadlines(stay.movements, rules) for stay in stays]
    found += [marks_of_returns(stay) for stay in stays if stay.presences.leaves]
    if not any(found):
        return {}
    marks: dict[UUID, set[Mark]] = defaultdict(set)
    for some in found:
        for movement_id, more in some.items():
            marks[movement_id] |= more
    return {movement_id: tuple(sorted(each)) for movement_id, each in marks.items()}


def _with_doubts(
    marks: Mapping[UUID, tuple[Mark, ...]], histories: Sequence[MovementHistory]
) -> Mapping[UUID, tuple[Mark, ...]]:
    """The marks, with those of all that was stated about each movement."""
    doubtful: dict[UUID, tuple[Mark, ...]] = {}
    for history in histories:
        doubts = NO_DOUBTS if history.is_plain else doubts_of(history)
        if doubts:
            movement_id = history.current.movement_id
            found = {*marks.get(movement_id, _NO_MARKS), *frozenset().union(*doubts.values())}
            doubtful[movement_id] = tuple(sorted(found))
    return {**marks, **doubtful} if doubtful else marks


def _shown(
    stay: reading.Stay,
    expectations: Sequence[Expectation],
    marks: Mapping[UUID, tuple[Mark, ...]],
    met: Mapping[UUID, UUID],
    responsible: Responsibility | None,
) -> Stay:
    shown = stay_of(stay, expectations=expectations, met_elsewhere=met.values())
    if responsible is not None:
        shown = replace(shown, responsibility=responsible)
    if not marks:
        return shown
    if stay.stay_id in met.values():
        return replace(shown, marks=(_MET,))
    found = {mark for movement in stay.movements for mark in marks.get(movement.movement_id, _NO_MARKS)}
    return replace(shown, marks=tuple(sorted(found))) if found else shown


def _state_of(
    history: MovementHistory, marks: Mapping[UUID, tuple[Mark, ...]], *, at: datetime
) -> MovementState:
    content = history.current
    # In the order of the fields: by keyword it takes three times as long.
    return MovementState(
        content.movement_id,
        content.stay_id,
        content.kind,
        content.source_id,
        content.establishment,
        content.occurred_at,
        content.emitted_at,
        content.recorded_at,
        content.unit,
        content.class_of_stay,
        content.origin,
        content.destination,
        content.legal_entity,
        len(history.contents) > 1 and history.corrected,
        history.cancelled,
        content.occurred_at > at,
        marks.get(content.movement_id, _NO_MARKS) if marks else _NO_MARKS,
        content.expected_at,
        content.responsibility,
    )
