"""Who answers for a person is shown beside where they lie, and changes neither place nor presence."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.rules import Rules
from shared.events.admission import (
    FurtherMovementCancelled,
    FurtherMovementStated,
    Movement,
    MovementUpdated,
    Responsibility,
)
from shared.events.envelope import RecordedEvent
from shared.testing.person_history import PersonHistory, minutes

_FIRST = Responsibility(medical_unit="6268", nursing_unit="6270", attending_doctor="10001234565")
_DOCTOR = Responsibility(attending_doctor="10009999999")
_RULES = Rules()


def _with(event: RecordedEvent, responsibility: Responsibility) -> RecordedEvent:
    assert isinstance(event.data, Movement)
    return replace(event, data=replace(event.data, responsibility=responsibility))


def _changed(*, cancelled: bool = False) -> list[RecordedEvent]:
    history = PersonHistory()
    history.admit("s", at=minutes(0), unit="3401")
    change = history.further("change_of_responsibility", "s", at=minutes(60), movement="change")
    if cancelled:
        assert isinstance(change.data, FurtherMovementStated)
        content = {name: getattr(change.data, name) for name in Movement.__struct_fields__}
        history.record(FurtherMovementCancelled(**content))
    admitted, stated, *rest = history.events
    return [_with(admitted, _FIRST), _with(stated, _DOCTOR), *rest]


def test_what_a_change_does_not_state_goes_on_and_nobody_moves() -> None:
    for events in permutations(_changed()):
        pathway = fold([*events, *events], _RULES)
        (stay,) = pathway.stays
        assert stay.responsibility == replace(_FIRST, attending_doctor="10009999999")
        assert (stay.status, stay.unit, stay.marks) == ("in_progress", "3401", ())
        assert [each.responsibility for each in pathway.movements] == [_FIRST, _DOCTOR]


@pytest.mark.parametrize("first", ["one", "other"])
def test_of_two_changes_in_one_minute_the_one_stated_last_says_who_answers(first: str) -> None:
    history = PersonHistory()
    history.admit("s", at=minutes(0))
    for number, name in enumerate([first, "other" if first == "one" else "one"]):
        emitted = minutes(60 + number)
        history.further("change_of_responsibility", "s", at=minutes(60), movement=name, emitted=emitted)
    admitted, before, after = history.events
    (stay,) = fold([admitted, _with(before, _FIRST), _with(after, _DOCTOR)], _RULES).stays
    assert stay.responsibility == replace(_FIRST, attending_doctor=_DOCTOR.attending_doctor)


def test_a_cancelled_change_and_one_that_is_to_come_change_nothing() -> None:
    (stay,) = fold(_changed(cancelled=True), _RULES).stays
    assert stay.responsibility == _FIRST
    (stay,) = fold(_changed(), _RULES, now=minutes(30)).stays
    assert stay.responsibility == _FIRST


def test_an_update_that_says_nothing_of_it_leaves_it() -> None:
    history = PersonHistory()
    admitted = _with(history.admit("s", at=minutes(0), unit="3401"), _FIRST)
    content = {name: getattr(admitted.data, name) for name in Movement.__struct_fields__}
    updated = content | {"unit": "3402", "emitted_at": minutes(90), "responsibility": None}
    update = history.record(MovementUpdated(**updated))
    (stay,) = fold([update, admitted], _RULES).stays
    assert (stay.unit, stay.responsibility) == ("3402", _FIRST)
