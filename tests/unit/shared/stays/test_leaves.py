"""A leave keeps the stay and the bed; it ends by the return, or by what shows that nobody is out any more."""

from collections.abc import Callable

import pytest

from shared.events.admission import FurtherMovementStated
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.stays import Stay, stays_of
from shared.testing.person_history import REHABILITATION, PersonHistory, minutes, movement_of


def _only_stay(history: PersonHistory) -> Stay:
    (stay,) = stays_of(movement_histories(history.events))
    return stay


def _marks(history: PersonHistory) -> list[frozenset[str]]:
    return [frozenset(marks) for marks in _only_stay(history).presences.marks.values()]


def _admitted() -> PersonHistory:
    history = PersonHistory()
    history.admit("stay", at=minutes(0))
    return history


def test_who_is_on_leave_is_still_in_the_stay() -> None:
    history = _admitted()
    history.further("leave", "stay", at=minutes(60), expected_at=minutes(600))
    stay = _only_stay(history)
    assert stay.on_leave
    assert stay.is_present
    assert stay.ended_at is None
    assert [(span.began_at, span.ended_at) for span in stay.presences.spans] == [(minutes(0), None)]


def test_a_return_ends_the_leave_and_nothing_else() -> None:
    history = _admitted()
    history.further("leave", "stay", at=minutes(60))
    back = history.further("return", "stay", at=minutes(300))
    stay = _only_stay(history)
    assert not stay.on_leave
    assert stay.is_present
    (leave,) = stay.presences.leaves
    assert leave.ended_by is not None
    assert leave.ended_by.event_id == back.event_id


@pytest.mark.parametrize(("leave", "back"), [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")])
def test_who_leaves_and_returns_at_one_moment_is_back_whatever_the_ids(leave: str, back: str) -> None:
    history = _admitted()
    history.further("leave", "stay", at=minutes(60), movement=leave)
    history.further("return", "stay", at=minutes(60), movement=back)
    assert not _only_stay(history).on_leave
    assert _marks(history) == []


def test_a_cancelled_leave_never_was_and_a_cancelled_return_leaves_the_person_out() -> None:
    history = _admitted()
    leave = history.further("leave", "stay", at=minutes(60))
    back = history.further("return", "stay", at=minutes(300))
    history.cancel(back)
    assert _only_stay(history).on_leave
    history.cancel(leave)
    assert _only_stay(history).presences.leaves == ()


def test_a_leave_ends_with_the_stay_and_by_a_departure_for_another_establishment() -> None:
    for end in (PersonHistory.discharge, PersonHistory.transfer):
        history = _admitted()
        history.further("leave", "stay", at=minutes(60))
        end(history, "stay", at=minutes(90), to=REHABILITATION)
        stay = _only_stay(history)
        assert not stay.on_leave
        assert stay.ended_at == minutes(90)


def test_a_bed_that_is_moved_meanwhile_does_not_bring_anybody_back() -> None:
    history = _admitted()
    history.further("leave", "stay", at=minutes(60))
    history.transfer("stay", at=minutes(90), unit="2102")
    assert _only_stay(history).on_leave


def test_what_cannot_be_is_marked() -> None:
    history = _admitted()
    history.further("return", "stay", at=minutes(60))
    assert _marks(history) == [frozenset({"return_without_leave"})]
    history.transfer("stay", at=minutes(90), to=REHABILITATION)
    history.further("leave", "stay", at=minutes(120))
    assert frozenset({"leave_without_presence"}) in _marks(history)
    early = PersonHistory()
    early.further("leave", "stay", at=minutes(-60))
    early.admit("stay", at=minutes(0))
    assert _marks(early) == [frozenset({"movement_before_admission"})]


@pytest.mark.parametrize("end", [PersonHistory.discharge, PersonHistory.transfer])
def test_who_returns_after_leaving_is_there_again(end: Callable[..., RecordedEvent]) -> None:
    history = _admitted()
    end(history, "stay", at=minutes(90), to=REHABILITATION)
    history.further("return", "stay", at=minutes(120))
    stay = _only_stay(history)
    assert stay.is_present
    assert stay.ended_at is None
    assert _marks(history) == [frozenset({"return_without_leave"})]
    history.discharge("stay", at=minutes(200))
    spans = [(span.began_at, span.ended_at) for span in _only_stay(history).presences.spans]
    assert spans == [(minutes(0), minutes(90)), (minutes(120), minutes(200))]


def test_whoever_goes_on_leave_was_there_even_while_no_admission_is_known() -> None:
    history = PersonHistory()
    history.further("leave", "stay", at=minutes(60))
    assert _only_stay(history).is_present


def test_an_update_changes_when_the_return_is_expected_and_leaves_what_it_does_not_name() -> None:
    history = _admitted()
    leave = history.further("leave", "stay", at=minutes(60), expected_at=minutes(600))
    history.update(leave, emitted=minutes(70), names=("unit",), unit="2102")
    history.update(leave, emitted=minutes(80), names=("expected_at",), expected_at=minutes(900))
    current = _only_stay(history).movements[-1]
    assert (current.unit, current.expected_at) == ("2102", minutes(900))


def test_a_kind_that_is_not_known_here_has_no_effect() -> None:
    history = _admitted()
    leave = movement_of(history.further("leave", "stay", at=minutes(60)))
    history.events.pop()
    assert isinstance(leave, FurtherMovementStated)
    before = _only_stay(history)
    of_next_year = {name: getattr(leave, name) for name in leave.__struct_fields__} | {"kind": "teleported"}
    history.record(FurtherMovementStated(**of_next_year))
    after = _only_stay(history)
    assert (after.presences, after.movements) == (before.presences, before.movements)
