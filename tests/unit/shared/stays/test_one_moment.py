"""Who leaves and is admitted again in one minute is there, and nobody is admitted after their death."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.admission import ClassOfStay
from shared.stays.movements import movement_histories
from shared.stays.stays import Stay, stays_of
from shared.testing.histories import redeliveries
from shared.testing.person_history import REHABILITATION, PersonHistory, minutes, movement_of

_DATA = st.data()


def _stays(history: PersonHistory) -> list[Stay]:
    return stays_of(movement_histories(history.events))


@given(data=_DATA)
def test_who_is_discharged_and_admitted_again_in_one_minute_is_there(data: st.DataObject) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.admit("stay", at=minutes(60), emitted=data.draw(st.sampled_from([minutes(59), minutes(70)])))
    rose.discharge("stay", at=minutes(60))
    rose.events = data.draw(redeliveries(rose.events))
    (stay,) = _stays(rose)
    assert stay.presences.spans == ((minutes(0), minutes(60)), (minutes(60), None))
    assert not stay.presences.marks


def test_who_left_for_elsewhere_and_is_admitted_again_in_one_minute_is_there() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.transfer("stay", at=minutes(60), to=REHABILITATION)
    rose.admit("stay", at=minutes(60))
    (stay,) = _stays(rose)
    assert stay.is_present
    assert not stay.presences.marks


@pytest.mark.parametrize(("discharged_at", "is_there"), [(70, False), (50, True)])
def test_a_bed_after_the_emergency_and_a_discharge_in_one_minute_are_read_as_they_were_stated(
    discharged_at: int, is_there: bool
) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), class_of_stay="emergency")
    rose.admit("stay", at=minutes(60), class_of_stay="inpatient", emitted=minutes(60))
    rose.discharge("stay", at=minutes(60), emitted=minutes(discharged_at))
    (stay,) = _stays(rose)
    assert stay.is_present == is_there


@pytest.mark.parametrize("before", [None, 30])
def test_who_comes_and_goes_in_one_minute_is_gone(before: int | None) -> None:
    rose = PersonHistory()
    if before is not None:
        rose.admit("stay", at=minutes(0))
        rose.discharge("stay", at=minutes(before))
    rose.discharge("stay", at=minutes(60), emitted=minutes(60))
    rose.admit("stay", at=minutes(60), emitted=minutes(70))
    (stay,) = _stays(rose)
    assert stay.presences.spans[-1] == (minutes(60), minutes(60))


@pytest.mark.parametrize("went_on_leave", [True, False])
def test_a_return_in_the_minute_of_the_discharge_ends_a_leave_or_undoes_the_discharge(
    went_on_leave: bool,
) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    if went_on_leave:
        rose.further("leave", "stay", at=minutes(30))
    rose.discharge("stay", at=minutes(60))
    rose.further("return", "stay", at=minutes(60))
    (stay,) = _stays(rose)
    assert stay.is_present == (not went_on_leave)


def test_a_bed_taken_in_the_minute_of_the_leave_ends_it() -> None:
    rose = PersonHistory()
    rose.admit("psychiatry", at=minutes(0))
    rose.further("leave", "psychiatry", at=minutes(60))
    rose.admit("surgery", at=minutes(60))
    assert [stay.on_leave for stay in _stays(rose)] == [False, False]


@pytest.mark.parametrize(("class_of_stay", "ends"), [("inpatient", True), ("emergency", False)])
def test_a_bed_taken_in_the_minute_of_the_last_word_of_the_emergency_ends_it(
    class_of_stay: ClassOfStay, ends: bool
) -> None:
    rose = PersonHistory()
    rose.admit("emergency", at=minutes(0), class_of_stay="emergency")
    rose.transfer("emergency", at=minutes(60), unit="box 2")
    rose.admit("ward", at=minutes(60), class_of_stay=class_of_stay)
    emergency, ward = _stays(rose)
    assert emergency.is_present == (not ends)
    assert ward.is_present


def test_a_death_dated_before_the_papers_of_the_admission_ends_the_stay() -> None:
    rose = PersonHistory()
    death = rose.discharge("stay", at=minutes(0), mode="death", emitted=minutes(90))
    rose.admit("stay", at=minutes(60))
    rose.transfer("stay", at=minutes(80), unit="mortuary")
    (stay,) = _stays(rose)
    assert (stay.presences.spans, stay.ended_at) == (((minutes(0), minutes(0)),), minutes(0))
    assert stay.presences.marks == {movement_of(death).movement_id: {"discharge_before_admission"}}


def test_a_discharge_that_is_no_death_and_comes_before_the_admission_ends_nothing() -> None:
    rose = PersonHistory()
    rose.discharge("stay", at=minutes(0))
    rose.admit("stay", at=minutes(60))
    (stay,) = _stays(rose)
    assert stay.is_present


def test_a_death_before_the_papers_that_a_later_discharge_corrects_is_none() -> None:
    rose = PersonHistory()
    rose.discharge("stay", at=minutes(0), mode="death", emitted=minutes(90))
    rose.admit("stay", at=minutes(60))
    rose.discharge("stay", at=minutes(500), emitted=minutes(600))
    (stay,) = _stays(rose)
    assert stay.presences.spans == ((minutes(60), minutes(500)),)


@pytest.mark.parametrize("first", ["one", "other"])
def test_of_two_moves_of_one_minute_the_one_stated_last_says_where_the_person_is(first: str) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    for number, move in enumerate([first, "other" if first == "one" else "one"]):
        rose.transfer("stay", at=minutes(60), movement=move, unit=move, emitted=minutes(61 + number))
    (stay,) = _stays(rose)
    assert stay.unit != first


@pytest.mark.parametrize("names", [("one", "other"), ("other", "one")])
def test_of_two_admissions_of_one_minute_the_one_stated_last_says_the_class(names: tuple[str, str]) -> None:
    rose = PersonHistory()
    emergency, bed = names
    rose.admit("stay", at=minutes(0), movement=emergency, class_of_stay="emergency")
    rose.admit("stay", at=minutes(0), movement=bed, class_of_stay="inpatient", emitted=minutes(5))
    (stay,) = _stays(rose)
    assert (stay.class_of_stay, stay.presences.marks) == ("inpatient", {})
