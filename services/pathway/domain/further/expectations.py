"""Derives what is expected within a stay, by when, and what ended it: a function of the events."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid5

from msgspec.structs import replace

from services.pathway.domain.deadlines import is_filler, later
from services.pathway.domain.deaths import outlives
from services.pathway.domain.further.plans import PLANNED, ended_by, met_by
from services.pathway.domain.pathway import FurtherExpectation, FurtherState
from services.pathway.domain.rules import Rules
from shared.stays.classes import beds_taken
from shared.stays.movements import MovementHistory
from shared.stays.presences import Leave
from shared.stays.statements import Statement
from shared.stays.stays import Stay

_SHOWS_THE_RETURN: Final = frozenset({"return", "admission", "leave"})
"""Who is admitted again, or leaves again, had come back; who is discharged may never have."""


def further_expectations(
    histories: Iterable[MovementHistory],
    stays: Sequence[Stay],
    rules: Rules,
    *,
    at: datetime,
    died_at: datetime | None,
) -> tuple[FurtherExpectation, ...]:
    """Everything that is or ever was expected by that moment, in order of what led to expect it.

    From the moment of the person's death on nothing is.
    """
    stated = [history for history in histories if any(map(_expects, history.contents))]
    if not stated:
        return ()
    current = {each.movement_id: each for stay in stays for each in _returns(stay, stays, rules)}
    current |= {each.movement_id: each for each in _plans(stated, stays, rules, at=at)}
    if died_at is not None:
        current = {key: _until_death(each, died_at) for key, each in current.items()}
    found = [
        replace(current[history.current.movement_id], known_at=_known_at(history))
        if history.current.movement_id in current
        else _withdrawn(history, rules)
        for history in stated
        if history.current.movement_id in current or not _is_plan(history, at=at)
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.expectation_id)))


def _until_death(expectation: FurtherExpectation, death: datetime) -> FurtherExpectation:
    if not outlives(expectation.ended_at, death):
        return expectation
    return replace(expectation, withdrawn=True, ended_at=None, ended_by_movement_id=None, met=False)


def state_of(expectation: FurtherExpectation, *, overdue: bool, closed: bool = False) -> FurtherState:
    """What it has come to, by the facts or, where they end nothing, by a person or the watch."""
    if expectation.withdrawn:
        return "withdrawn"
    if expectation.ended_at is None:
        if closed:
            return "ended"
        return "overdue" if overdue else "open"
    if not expectation.met:
        return "ended"
    return "met_late" if expectation.ended_at > expectation.due_at else "met"


def is_unusable(content: Statement) -> bool:
    """Whether it says when something is expected, and that can be no deadline; a plan may come late."""
    to = content.expected_at
    return to is not None and (is_filler(to) or (content.kind == "leave" and to <= content.occurred_at))


def _expects(content: Statement) -> bool:
    if content.expected_at is None:
        return False
    return (content.kind == "leave" or content.kind in PLANNED) and not is_unusable(content)


def _returns(stay: Stay, stays: Sequence[Stay], rules: Rules) -> Iterator[FurtherExpectation]:
    for leave in stay.presences.leaves:
        if _expects(leave.began_by):
            by = leave.ended_by or stay.ended_by_next_stay or _admitted_elsewhere(leave, stays, rules)
            yield _ended(_expectation(leave.began_by, rules), by)


def _admitted_elsewhere(leave: Leave, stays: Iterable[Stay], rules: Rules) -> Statement | None:
    """By what a bed of another establishment was first taken after the leave began."""
    out = leave.began_by
    found = (
        each
        for stay in stays
        if stay.start.establishment != out.establishment
        for each in beds_taken(stay.movements, counts=lambda held: held not in rules.shareable_classes)
        if each.occurred_at > out.occurred_at
    )
    return min(found, key=lambda each: each.timeline_key, default=None)


def _plans(
    stated: Iterable[MovementHistory], stays: Sequence[Stay], rules: Rules, *, at: datetime
) -> Iterator[FurtherExpectation]:
    for history in stated:
        plan = history.current
        standing = history.reassigned is None and not history.cancelled and plan.occurred_at <= at
        if not standing or plan.kind not in PLANNED or not _expects(plan):
            continue
        met = met_by(plan, stays)
        by = met or ended_by(plan, stays)
        expectation = _expectation(plan, rules)
        yield (
            expectation
            if by is None
            else replace(
                expectation,
                ended_at=by.occurred_at,
                ended_by_movement_id=by.movement_id,
                met=met is not None,
            )
        )


def _ended(expectation: FurtherExpectation, by: Statement | None) -> FurtherExpectation:
    """Who is admitted there again is back, under whatever number."""
    if by is None:
        return expectation
    return replace(
        expectation,
        ended_at=by.occurred_at,
        ended_by_movement_id=by.movement_id,
        met=(by.kind in _SHOWS_THE_RETURN or by.stay_id != expectation.stay_id)
        and by.establishment == expectation.establishment,
    )


def _expectation(content: Statement, rules: Rules) -> FurtherExpectation:
    assert content.expected_at is not None  # noqa: S101 - only what expects something comes here
    kind = PLANNED.get(content.kind, "return")
    grace = rules.return_grace if kind == "return" else rules.plan_grace
    return FurtherExpectation(
        expectation_id=uuid5(content.movement_id, kind),
        kind=kind,
        movement_id=content.movement_id,
        stay_id=content.stay_id,
        establishment=content.establishment,
        since=content.occurred_at,
        due_at=later(content.expected_at, grace),
        rules_version=rules.version,
    )


def _withdrawn(history: MovementHistory, rules: Rules) -> FurtherExpectation:
    content = next(each for each in reversed(history.contents) if _expects(each))
    return replace(
        _expectation(content, rules),
        known_at=_known_at(history),
        withdrawn=True,
        reassigned=history.reassigned,
    )


def _known_at(history: MovementHistory) -> datetime:
    """Since it was first stated, not since it was stated again."""
    return min(content.recorded_at for content in history.contents if _expects(content))


def _is_plan(history: MovementHistory, *, at: datetime) -> bool:
    standing = history.reassigned is None and not history.cancelled
    return standing and _expects(history.current) and history.current.occurred_at > at
