"""Derives which arrivals are expected of a person, by when, and which admissions met them.

A departure towards another establishment expects an arrival there: a pure function of the set of events.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from msgspec.structs import replace

from services.pathway.domain.deadlines import due_at, is_unknown
from services.pathway.domain.pathway import Expectation
from services.pathway.domain.places import is_same_place
from services.pathway.domain.rules import Rules
from shared.stays.movements import MovementHistory
from shared.stays.statements import Statement
from shared.stays.stays import Stay


def expected_arrivals(
    histories: Iterable[MovementHistory], stays: Iterable[Stay], rules: Rules, *, at: datetime
) -> tuple[Expectation, ...]:
    """Every arrival that is or ever was expected by that moment, in order of departure.

    `stays` hold what has happened by then: nobody is expected after a departure that is only planned.
    """
    movements = [stay.movements for stay in stays]
    expected = [expectation for stay in movements for expectation in _departures(stay, rules=rules)]
    arrivals = [movement for stay in movements for movement in stay if movement.kind == "admission"]
    current = _match_arrivals(expected, arrivals, rules=rules)
    known = {expectation.expectation_id for expectation in current}
    withdrawn = {
        expectation.expectation_id: replace(expectation, withdrawn=True, reassigned=history.away)
        for history in histories
        for content in history.contents
        if content.destination_elsewhere is not None and not _is_plan(content, history, at=at)
        for expectation in _departures([content], rules=rules)
        if expectation.expectation_id not in known
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
        to = movement.destination_elsewhere
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
        deadline_unknown=is_unknown(said, rules),
    )


def _leaving_said(leaving: Sequence[Statement]) -> Statement:
    """The departure, with the time of arrival that was said last."""
    first = leaving[0]
    said = (movement.destination for movement in reversed(leaving))
    to = next((to for to in said if to is not None and to.expected_at is not None), first.destination)
    return first if to is first.destination else replace(first, destination=to)


def _match_arrivals(
    expectations: Iterable[Expectation], arrivals: Iterable[Statement], *, rules: Rules
) -> list[Expectation]:
    """Every expectation, with the arrival that met it, if any.

    An arrival meets every earlier expectation at its establishment. Where nobody was expected, it meets that
    of the next departure within the clock skew: so an arrival never meets a departure that follows it when
    it already meets one before it.
    """
    waiting = sorted(expectations, key=_departure_order)
    met: list[Expectation] = []
    for arrival in sorted(arrivals, key=lambda arrival: arrival.timeline_key):
        there = [wait for wait in waiting if is_same_place(wait.to_establishment, arrival)]
        ended = [wait for wait in there if wait.departed_at <= arrival.occurred_at]
        if not ended:
            ended = [wait for wait in there if wait.departed_at - arrival.occurred_at <= rules.clock_skew][:1]
        waiting = [wait for wait in waiting if wait not in ended]
        met += [
            replace(wait, arrival_movement_id=arrival.movement_id, arrived_at=arrival.occurred_at)
            for wait in ended
        ]
    return [*met, *waiting]
