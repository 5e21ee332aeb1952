"""Derives which arrivals are expected of a person, by when, and which movements ended the wait for them.

A departure towards another establishment expects an arrival there: a pure function of the set of events.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from msgspec.structs import replace

from services.pathway.domain.deadlines import due_at, is_unknown
from services.pathway.domain.pathway import Ending, Expectation
from services.pathway.domain.places import is_same_place
from services.pathway.domain.rules import Rules
from shared.stays.movements import MovementHistory
from shared.stays.statements import Statement, TimelineKey
from shared.stays.stays import Stay

_FIRST_MOMENT: Final = datetime.min.replace(tzinfo=UTC)


def expected_arrivals(
    histories: Iterable[MovementHistory], stays: Iterable[Stay], rules: Rules, *, at: datetime
) -> tuple[Expectation, ...]:
    """Every arrival that is or ever was expected by that moment, in order of departure.

    `stays` hold what has happened by then: nobody is expected after a departure that is only planned.
    """
    movements = [stay.movements for stay in stays]
    expected = [expectation for stay in movements for expectation in _departures(stay, rules=rules)]
    if expected:
        expected = _with_first_notice(expected, histories)
    current = _end_by_movements(expected, movements, rules=rules) if expected else []
    known = {(expectation.departure_movement_id, expectation.to_establishment) for expectation in current}
    withdrawn = {
        expectation.expectation_id: replace(expectation, withdrawn=True, reassigned=history.away)
        for history in histories
        for content in history.contents
        if content.destination is not None
        and content.destination_elsewhere is not None
        and (content.movement_id, content.destination_elsewhere) not in known
        and not _is_plan(content, history, at=at)
        for expectation in _departures([content], rules=rules)
    }
    return tuple(sorted([*current, *withdrawn.values()], key=_departure_order))


def _is_plan(content: Statement, history: MovementHistory, *, at: datetime) -> bool:
    standing = history.away is None and not history.cancelled
    return standing and content is history.current and content.occurred_at > at


def _departure_order(expectation: Expectation) -> tuple[datetime, UUID]:
    return (expectation.departed_at, expectation.expectation_id)


def _departures(movements: Sequence[Statement], *, rules: Rules) -> list[Expectation]:
    """One expectation for each leaving of a stay.

    A transfer to another establishment that a discharge to the same one follows is one leaving, the first of
    them: the second closes the stay, maybe days after the arrival, and may say when the person is expected.
    """
    leavings: list[list[Statement]] = []
    going_to: str | None = None
    for movement in movements:
        to = None if movement.destination is None else movement.destination_elsewhere
        if to is not None and to == going_to:
            leavings[-1].append(movement)
        elif to is not None:
            leavings.append([movement])
        going_to = to
    return [_expectation(leaving, rules=rules) for leaving in leavings]


def _expectation(leaving: Sequence[Statement], *, rules: Rules) -> Expectation:
    first, said = leaving[0], _leaving_said(leaving)
    to = first.destination_elsewhere
    assert to is not None  # noqa: S101 - only departures are leavings
    return Expectation(
        expectation_id=uuid5(first.movement_id, f"arrival/{to}"),
        departure_movement_id=first.movement_id,
        from_establishment=first.establishment,
        to_establishment=to,
        departed_at=first.occurred_at,
        due_at=due_at(said, rules),
        rules_version=rules.version,
        known_at=first.recorded_at,
        deadline_unknown=is_unknown(said, rules),
    )


def _with_first_notice(
    expected: Iterable[Expectation], histories: Iterable[MovementHistory]
) -> list[Expectation]:
    """The expectations, each known since the departure was first stated, not since it was stated again."""
    contents = {history.contents[0].movement_id: history.contents for history in histories}
    return [
        replace(
            wait,
            known_at=min(
                content.recorded_at
                for content in contents[wait.departure_movement_id]
                if content.destination_elsewhere == wait.to_establishment
            ),
        )
        for wait in expected
    ]


def _leaving_said(leaving: Sequence[Statement]) -> Statement:
    """The departure, with the time of arrival that was said last."""
    first = leaving[0]
    said = (movement.destination for movement in reversed(leaving))
    to = next((to for to in said if to is not None and to.expected_at is not None), first.destination)
    return first if to is first.destination else replace(first, destination=to)


def _end_by_movements(
    expectations: Iterable[Expectation], stays: Iterable[Sequence[Statement]], *, rules: Rules
) -> list[Expectation]:
    """Every expectation, with the movement that ended it, if any.

    A movement ends every earlier wait that it answers; the first one that answers a wait ends it, but for an
    arrival in time, which ends it even after a stop elsewhere. Where nobody was expected, an admission meets
    the expectation of the next departure within the clock skew: so an arrival never meets a departure that
    follows it when it already meets one before it.
    """
    waiting = sorted(expectations, key=_departure_order)
    met: list[Expectation] = []
    since = waiting[0].departed_at - min(rules.clock_skew, waiting[0].departed_at - _FIRST_MOMENT)
    seen = [_Seen(each, stay) for stay in stays for each in stay if each.occurred_at >= since]
    for sight in sorted(seen, key=_Seen.timeline_key):
        answered = [_answered(wait, sight, rules) for wait in waiting]
        if sight.movement.kind == "admission" and not any(wait.arrived_at for wait in answered):
            answered = _met_early(answered, sight.movement, rules)
        met += [wait for wait in answered if wait.arrived_at]
        waiting = [wait for wait in answered if not wait.arrived_at]
        if not waiting:
            break
    return [*met, *waiting]


class _Seen(NamedTuple):
    """A movement, which says where the person was, and the active movements of its stay."""

    movement: Statement
    stay: Sequence[Statement]

    def timeline_key(self) -> TimelineKey:
        return self.movement.timeline_key

    @property
    def begins_its_stay(self) -> bool:
        return self.movement is next(each for each in self.stay if each.kind == "admission")


def _answered(wait: Expectation, sight: _Seen, rules: Rules) -> Expectation:
    """The wait as it is after a movement at or after the departure."""
    movement = sight.movement
    if movement.occurred_at < wait.departed_at:
        return wait
    if _is_there(wait, movement):  # whatever happened to the person
        is_over = wait.ended_as is not None and movement.occurred_at > wait.due_at
        return wait if is_over else _met(wait, movement)
    end = _end_elsewhere(sight, wait, rules)
    if end is None or wait.ended_as is not None:
        return wait
    return replace(
        wait, ended_as=end, ended_at=movement.occurred_at, ended_by_movement_id=movement.movement_id
    )


def _is_there(wait: Expectation, movement: Statement) -> bool:
    """Whether a movement shows the person at the destination; one legal entity may run both ends."""
    there = is_same_place(wait.to_establishment, movement)
    return there and movement.establishment != wait.from_establishment


def _end_elsewhere(sight: _Seen, wait: Expectation, rules: Rules) -> Ending | None:
    """How a movement of another establishment than the destination ends a wait."""
    if sight.movement.establishment == wait.from_establishment:
        return "returned" if _is_back(sight, wait) else None
    holds_a_bed = sight.movement.class_of_stay not in rules.shareable_classes
    return "elsewhere" if sight.movement.kind == "admission" and holds_a_bed else None


def _is_back(sight: _Seen, wait: Expectation) -> bool:
    """Whether a movement of the establishment that was left shows the person there again.

    A move within it does, and a departure for another place. A discharge does not, it is often recorded
    later; nor does the admission of the stay that was left, which must then be dated wrongly.
    """
    movement = sight.movement
    if movement.kind == "admission":
        left = wait.departure_movement_id in (each.movement_id for each in sight.stay)
        return not (left and sight.begins_its_stay)
    to = movement.destination_elsewhere
    moves_there = movement.kind == "transfer" or to is not None
    return moves_there and to != wait.to_establishment and movement.occurred_at > wait.departed_at


def _met_early(waiting: list[Expectation], admission: Statement, rules: Rules) -> list[Expectation]:
    """The same waits, the next one for this admission met although its departure is dated later."""
    early = [
        wait.expectation_id
        for wait in waiting
        if _is_there(wait, admission)
        and not wait.ended_as
        and timedelta(0) < wait.departed_at - admission.occurred_at <= rules.clock_skew
    ]
    return [_met(wait, admission) if wait.expectation_id in early[:1] else wait for wait in waiting]


def _met(wait: Expectation, by: Statement) -> Expectation:
    return replace(
        wait,
        arrival_movement_id=by.movement_id,
        arrived_at=by.occurred_at,
        ended_as=None,
        ended_at=None,
        ended_by_movement_id=None,
    )
