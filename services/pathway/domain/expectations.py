"""Derives which arrivals are expected of a person, by when, and which movements ended the wait for them.

A departure towards another establishment expects an arrival there: a pure function of the set of events.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from msgspec.structs import replace

from services.pathway.domain.deadlines import deadline_of
from services.pathway.domain.deaths import outlives
from services.pathway.domain.pathway import Ending, Expectation
from services.pathway.domain.places import came_before, is_there
from services.pathway.domain.rules import Rules
from shared.stays.classes import beds_taken
from shared.stays.movements import MovementHistory
from shared.stays.statements import ENTRIES, Statement, TimelineKey
from shared.stays.stays import Stay

_FIRST_MOMENT: Final = datetime.min.replace(tzinfo=UTC)


def expected_arrivals(
    histories: Iterable[MovementHistory],
    stays: Sequence[Stay],
    rules: Rules,
    *,
    at: datetime,
    died_at: datetime | None,
) -> tuple[Expectation, ...]:
    """Every arrival that is or ever was expected by that moment, in order of departure.

    `stays` hold what has happened by then: nobody is expected after a departure that is only planned. Nor is
    anybody expected, from the moment of their death on.
    """
    stated = [
        _Departure((content.movement_id, to), content, history)
        for history in histories
        for content in history.contents
        if content.destination is not None and (to := content.destination_elsewhere) is not None
    ]
    if not stated:
        return ()
    first_notices = _first_notices(stated)
    expected = [
        _expectation(leaving, rules, known_at=first_notices[_departure_key(leaving[0])])
        for stay in stays
        for leaving in _leavings(stay)
    ]
    current = _ended(expected, stays, rules) if expected else []
    if died_at is not None:
        current = [_until_death(each, died_at) for each in current]
    known = {(expectation.departure_movement_id, expectation.to_establishment) for expectation in current}
    withdrawn = [
        _withdrawn(departure, rules)
        for departure in stated
        if departure.key not in known and not _is_plan(departure, at=at)
    ]
    newest = {expectation.expectation_id: expectation for expectation in withdrawn}
    return tuple(sorted([*current, *newest.values()], key=_departure_order))


_DepartureKey = tuple[UUID, str | None]
"""A movement, and the other establishment for which the person left with it."""


class _Departure(NamedTuple):
    """A content of a movement that states a departure for another establishment."""

    key: _DepartureKey
    content: Statement
    history: MovementHistory


def _departure_key(content: Statement) -> _DepartureKey:
    return (content.movement_id, content.destination_elsewhere)


def _first_notices(stated: Iterable[_Departure]) -> dict[_DepartureKey, datetime]:
    """Since when each departure is known: since it was first stated, not since it was stated again."""
    notices: dict[_DepartureKey, datetime] = {}
    for key, content, _ in stated:
        notices[key] = min(notices.get(key, content.recorded_at), content.recorded_at)
    return notices


def _withdrawn(departure: _Departure, rules: Rules) -> Expectation:
    content = departure.content
    expectation = _expectation([content], rules, known_at=content.recorded_at)
    return replace(expectation, withdrawn=True, reassigned=departure.history.reassigned)


def _until_death(expectation: Expectation, death: datetime) -> Expectation:
    if not outlives(expectation.arrived_at or expectation.ended_at, death):
        return expectation
    return replace(
        expectation,
        withdrawn=True,
        arrival_movement_id=None,
        arrived_at=None,
        ended_as=None,
        ended_at=death,
        ended_by_movement_id=None,
    )


def _is_plan(departure: _Departure, *, at: datetime) -> bool:
    history, content = departure.history, departure.content
    standing = history.reassigned is None and not history.cancelled
    return standing and content is history.current and content.occurred_at > at


def _departure_order(expectation: Expectation) -> tuple[datetime, UUID]:
    return (expectation.departed_at, expectation.expectation_id)


def _leavings(stay: Stay) -> list[list[Statement]]:
    """The movements by which the person left the stay, those of one leaving together.

    A transfer to another establishment that a discharge to the same one follows is one leaving, the first of
    them: the second closes the stay, maybe days after the arrival, and may say when the person is expected.
    A discharge that another one corrects is no leaving by itself.
    """
    leavings: list[list[Statement]] = []
    going_to: str | None = None
    for movement in stay.movements:
        to = None if movement.destination is None else movement.destination_elsewhere
        if to is not None and to == going_to:
            leavings[-1].append(movement)
        elif to is not None:
            leavings.append([movement])
        going_to = to
    return [leaving for leaving in leavings if not all(map(stay.is_superseded, leaving))]


def _expectation(leaving: Sequence[Statement], rules: Rules, *, known_at: datetime) -> Expectation:
    first = leaving[0]
    to = first.destination_elsewhere
    assert to is not None  # noqa: S101 - only departures are leavings
    deadline = deadline_of(_leaving_said(leaving), rules)
    return Expectation(
        expectation_id=uuid5(first.movement_id, f"arrival/{to}"),
        departure_movement_id=first.movement_id,
        from_establishment=first.establishment,
        to_establishment=to,
        departed_at=first.occurred_at,
        due_at=deadline.due_at,
        rules_version=rules.version,
        known_at=known_at,
        deadline_unknown=deadline.is_unknown,
    )


def _leaving_said(leaving: Sequence[Statement]) -> Statement:
    """The departure, with the time of arrival that was said last."""
    first = leaving[0]
    said = (movement.destination for movement in reversed(leaving))
    to = next((to for to in said if to is not None and to.expected_at is not None), first.destination)
    return first if to is first.destination else replace(first, destination=to)


def _ended(expected: Sequence[Expectation], stays: Sequence[Stay], rules: Rules) -> list[Expectation]:
    """Every expectation, with what ended it, if anything did."""
    movements = [stay.movements for stay in stays]
    if len(movements) == 1:
        return _end_by_movements(expected, movements, rules=rules)
    by = {wait.expectation_id: came_before(wait, stays, rules) for wait in expected}
    met = [_met(wait, there) for wait in expected if (there := by[wait.expectation_id]) is not None]
    ahead = [wait for wait in expected if by[wait.expectation_id] is None]
    return [*met, *(_end_by_movements(ahead, movements, rules=rules) if ahead else ())]


def _end_by_movements(
    expectations: Iterable[Expectation], stays: Iterable[Sequence[Statement]], *, rules: Rules
) -> list[Expectation]:
    """Every expectation, with the movement that ended it, if any.

    A movement ends every earlier wait that it answers; the first one that answers a wait ends it, but for an
    arrival in time, which ends it even after a stop elsewhere. Where nobody was expected, an entry meets the
    expectation of the next departure, if it was that early: so an arrival never meets a departure that
    follows it when it already meets one before it.
    """
    ahead = deque(sorted(expectations, key=_departure_order))
    waiting: list[Expectation] = []
    met: list[Expectation] = []
    since = ahead[0].departed_at - min(rules.early_arrival, ahead[0].departed_at - _FIRST_MOMENT)
    seen = [_Sight(each, stay) for stay in stays for each in stay if each.occurred_at >= since]
    for sight in sorted(seen, key=_Sight.timeline_key):
        movement = sight.movement
        while ahead and ahead[0].departed_at <= movement.occurred_at:
            waiting.append(ahead.popleft())
        answered = [_answered(wait, sight, rules) for wait in waiting]
        waiting = [wait for wait in answered if not wait.arrived_at]
        met += [wait for wait in answered if wait.arrived_at]
        if movement.kind in ENTRIES and len(waiting) == len(answered):
            early = _expected_soon(ahead, movement, rules)
            if early is not None:
                ahead.remove(early)
                met.append(_met(early, movement))
        if not (waiting or ahead):
            break
    return [*met, *waiting, *ahead]


class _Sight(NamedTuple):
    """A movement, which says where the person was, and the active movements of its stay."""

    movement: Statement
    stay: Sequence[Statement]

    def timeline_key(self) -> TimelineKey:
        return self.movement.timeline_key

    @property
    def begins_its_stay(self) -> bool:
        return self.movement is next(each for each in self.stay if each.kind == "admission")


def _answered(wait: Expectation, sight: _Sight, rules: Rules) -> Expectation:
    """The wait as it is after a movement at or after the departure."""
    movement = sight.movement
    if is_there(wait, movement):  # whatever happened to the person
        is_over = wait.ended_as is not None and movement.occurred_at > wait.due_at
        return wait if is_over else _met(wait, movement)
    end = _end_elsewhere(sight, wait, rules)
    if end is None or wait.ended_as is not None:
        return wait
    return replace(
        wait, ended_as=end, ended_at=movement.occurred_at, ended_by_movement_id=movement.movement_id
    )


def _end_elsewhere(sight: _Sight, wait: Expectation, rules: Rules) -> Ending | None:
    """How a movement of another establishment than the destination ends a wait."""
    if sight.movement.establishment == wait.from_establishment:
        return "returned" if _is_back(sight, wait) else None
    return "elsewhere" if _is_kept(sight, rules) else None


def _is_kept(sight: _Sight, rules: Rules) -> bool:
    """Whether a bed is taken with the movement: an admission to one, or a change of class."""
    taken = beds_taken(sight.stay, counts=lambda each: each not in rules.shareable_classes)
    return any(each is sight.movement for each in taken)


def _is_back(sight: _Sight, wait: Expectation) -> bool:
    """Whether a movement of the establishment that was left shows the person there again.

    A return does, a move within it, and a departure for another place. A discharge does not, it is often
    recorded later; nor does the admission of the stay that was left, which must then be dated wrongly.
    """
    movement = sight.movement
    if movement.kind == "admission":
        left = wait.departure_movement_id in (each.movement_id for each in sight.stay)
        return not (left and sight.begins_its_stay)
    to = movement.destination_elsewhere
    moves_there = movement.kind in ("transfer", "return") or to is not None
    return moves_there and to != wait.to_establishment and movement.occurred_at > wait.departed_at


def _expected_soon(ahead: Iterable[Expectation], entry: Statement, rules: Rules) -> Expectation | None:
    """The next wait for this entry, although its departure is dated later."""
    for wait in ahead:
        if wait.departed_at - entry.occurred_at > rules.early_arrival:
            return None
        if is_there(wait, entry):
            return wait
    return None


def _met(wait: Expectation, by: Statement) -> Expectation:
    return replace(
        wait,
        arrival_movement_id=by.movement_id,
        arrived_at=by.occurred_at,
        ended_as=None,
        ended_at=None,
        ended_by_movement_id=None,
    )
