"""Contradictions are marked, and the marks go away once late facts explain them."""

from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.judgement import state_at
from services.pathway.domain.pathway import Mark
from services.pathway.domain.rules import RULES
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    minutes,
    movement_of,
)


def _marks(history: PersonHistory) -> list[tuple[str, tuple[Mark, ...]]]:
    pathway = fold(history.events, RULES)
    return [(movement.kind, movement.marks) for movement in pathway.movements if not movement.cancelled]


def test_a_movement_of_an_unknown_stay_is_marked_until_the_late_admission_comes() -> None:
    rose = PersonHistory()
    rose.transfer("stay", at=minutes(60))
    rose.discharge("stay", at=minutes(600))
    assert _marks(rose) == [("transfer", ("unknown_stay",)), ("discharge", ("unknown_stay",))]
    rose.admit("stay", at=minutes(0), emitted=minutes(700))
    assert _marks(rose) == [("admission", ()), ("transfer", ()), ("discharge", ())]


def test_a_movement_whose_admission_is_cancelled_is_of_an_unknown_stay_again() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(600))
    rose.cancel(admission)
    assert _marks(rose) == [("discharge", ("unknown_stay",))]


def test_what_comes_before_the_admission_is_marked_and_ends_nothing() -> None:
    rose = PersonHistory()
    rose.transfer("stay", at=minutes(-90))
    discharge = rose.discharge("stay", at=minutes(-60))
    rose.admit("stay", at=minutes(0))
    assert _marks(rose) == [
        ("transfer", ("transfer_before_admission",)),
        ("discharge", ("discharge_before_admission",)),
        ("admission", ()),
    ]
    assert fold(rose.events, RULES).stays[0].status == "in_progress"
    rose.update(discharge, emitted=minutes(700), occurred_at=minutes(60))
    assert fold(rose.events, RULES).stays[0].status == "finished"
    assert ("discharge", ()) in _marks(rose)


def test_a_second_admission_of_a_stay_is_marked() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    second = rose.admit("stay", at=minutes(30))
    assert _marks(rose) == [("admission", ()), ("admission", ("admitted_twice",))]
    rose.cancel(second)
    assert _marks(rose) == [("admission", ())]


def test_movements_after_the_discharge_are_marked() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(600))
    rose.transfer("stay", at=minutes(700))
    rose.transfer("stay", at=minutes(800), to=REHABILITATION)
    assert _marks(rose)[2:] == [
        ("transfer", ("movement_after_discharge",)),
        ("transfer", ("movement_after_discharge",)),
    ]


def test_of_several_discharges_the_one_stated_last_is_right_and_the_others_are_marked() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(600))
    rose.transfer("stay", at=minutes(700))
    rose.discharge("stay", at=minutes(800))
    assert _marks(rose)[1:] == [("discharge", ("discharge_superseded",)), ("transfer", ()), ("discharge", ())]
    assert fold(rose.events, RULES).stays[0].ended_at == minutes(800)
    rose.discharge("stay", at=minutes(650), emitted=minutes(900))
    assert fold(rose.events, RULES).stays[0].ended_at == minutes(650)


def test_who_comes_back_under_the_same_stay_is_present_and_nothing_is_marked() -> None:
    rose = PersonHistory()
    rose.admit("home", at=minutes(-9000), establishment=NURSING_HOME)
    rose.transfer("home", at=minutes(0), establishment=NURSING_HOME, to=HOSPITAL)
    rose.admit("ward", at=minutes(30), establishment=HOSPITAL)
    rose.discharge("ward", at=minutes(3000), establishment=HOSPITAL, to=NURSING_HOME)
    rose.admit("home", at=minutes(3040), establishment=NURSING_HOME)
    pathway = fold(rose.events, RULES)
    assert [stay.status for stay in pathway.stays] == ["in_progress", "finished"]
    assert [state_at(expected, minutes(9999)) for expected in pathway.expectations] == ["met", "met"]
    assert [marks for _, marks in _marks(rose)] == [()] * 5


def test_emergency_first_and_a_bed_later_is_one_stay() -> None:
    rose = PersonHistory()
    rose.admit("visit", at=minutes(0), class_of_stay="emergency")
    rose.admit("visit", at=minutes(90), class_of_stay="inpatient")
    (stay,) = fold(rose.events, RULES).stays
    assert (stay.started_at, stay.class_of_stay, stay.marks) == (minutes(0), "inpatient", ())


def test_two_establishments_at_once_contradict_each_other_until_the_late_discharge_comes() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.admit("second", at=minutes(600), establishment=REHABILITATION)
    assert _marks(rose) == [("admission", ()), ("admission", ("overlapping_stay",))]
    rose.discharge("first", at=minutes(630), establishment=HOSPITAL, emitted=minutes(900))
    assert [marks for _, marks in _marks(rose)] == [(), (), ()]


def test_two_establishments_may_both_count_the_person_for_as_long_as_is_tolerated() -> None:
    for overlap_minutes, marks in ((60, ()), (61, ("overlapping_stay",))):
        rose = PersonHistory()
        rose.admit("first", at=minutes(0), establishment=HOSPITAL)
        rose.admit("second", at=minutes(600), establishment=REHABILITATION)
        rose.discharge("first", at=minutes(600 + overlap_minutes), establishment=HOSPITAL)
        assert _marks(rose)[1] == ("admission", marks)


def test_a_stay_without_a_bed_contradicts_none() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.admit("dialysis", at=minutes(600), establishment=REHABILITATION, class_of_stay="recurring")
    assert [marks for _, marks in _marks(rose)] == [(), ()]


def test_who_is_admitted_to_the_class_that_a_move_stated_is_admitted_twice() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), class_of_stay="outpatient")
    rose.transfer("stay", at=minutes(60), class_of_stay="inpatient")
    rose.admit("stay", at=minutes(90), class_of_stay="inpatient")
    assert [marks for _, marks in _marks(rose)] == [(), (), ("admitted_twice",)]


def test_two_beds_at_once_contradict_each_other_whatever_the_class_is_later() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL, class_of_stay="outpatient")
    rose.admit("second", at=minutes(60), establishment=REHABILITATION)
    rose.transfer("first", at=minutes(600), establishment=HOSPITAL, class_of_stay="inpatient")
    assert ("admission", ("overlapping_stay",)) in _marks(rose)
    rose.transfer("second", at=minutes(600), establishment=REHABILITATION, class_of_stay="outpatient")
    assert {marks for _, marks in _marks(rose)} == {()}


def test_a_person_who_left_for_another_establishment_is_present_there_only() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("first", at=minutes(580), establishment=HOSPITAL, to=REHABILITATION)
    rose.admit("second", at=minutes(600), establishment=REHABILITATION)
    assert [marks for _, marks in _marks(rose)] == [(), (), ()]


def test_an_emergency_stay_that_the_next_one_ended_is_finished_and_marked() -> None:
    rose = PersonHistory()
    rose.admit("emergency", at=minutes(0), class_of_stay="emergency")
    ward = rose.admit("ward", at=minutes(90))
    rose.admit("rehabilitation", at=minutes(600), establishment=REHABILITATION)
    assert _marks(rose) == [
        ("admission", ("ended_by_next_stay",)),
        ("admission", ()),
        ("admission", ("overlapping_stay",)),
    ]
    emergency = fold(rose.events, RULES).stays[0]
    assert (emergency.status, emergency.ended_at) == ("finished", minutes(90))
    assert emergency.marks == ("ended_by_next_stay",)
    rose.cancel(ward)
    assert fold(rose.events, RULES).stays[0].status == "in_progress"
    assert ("admission", ("ended_by_next_stay",)) not in _marks(rose)


def test_what_a_discharge_says_that_another_one_corrects_counts_for_nothing() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), unit="2101")
    to_rehabilitation = rose.discharge("stay", at=minutes(600), to=REHABILITATION)
    stated = replace(movement_of(to_rehabilitation), class_of_stay="outpatient", unit="2102")
    rose.events[-1] = replace(to_rehabilitation, data=stated)
    before = fold(rose.events, RULES)
    assert [state_at(wait, minutes(9999)) for wait in before.expectations] == ["overdue"]
    rose.discharge("stay", at=minutes(500), emitted=minutes(700))
    pathway = fold(rose.events, RULES)
    (stay,) = pathway.stays
    assert (stay.status, stay.ended_at, stay.class_of_stay, stay.unit) == (
        "finished",
        minutes(500),
        "inpatient",
        "2101",
    )
    assert [wait.withdrawn for wait in pathway.expectations] == [True]


def test_two_discharges_to_one_place_are_one_departure() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(600), to=REHABILITATION)
    rose.discharge("stay", at=minutes(610), to=REHABILITATION)
    waits = fold(rose.events, RULES).expectations
    assert [(wait.departed_at, wait.withdrawn) for wait in waits] == [
        (minutes(600), False),
        (minutes(610), True),
    ]
