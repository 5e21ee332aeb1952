"""Nobody waits for who had come to the destination before the departure was written down (decision 0052)."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.judgement import state_at
from services.pathway.domain.pathway import Expectation
from services.pathway.domain.rules import RULES
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes

NEVER = minutes(9_999_999)


@pytest.fixture
def rose() -> PersonHistory:
    """In the hospital since the first minute."""
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    return rose


def left_at(at: datetime, rose: PersonHistory) -> Expectation:
    """The wait, once the hospital says that she left for rehabilitation at that hour."""
    rose.discharge("first", at=at, establishment=HOSPITAL, to=REHABILITATION)
    (expectation,) = fold(rose.events, RULES).expectations
    return expectation


@pytest.mark.parametrize("hours", [1, 3, 30, 24 * 5])
def test_the_papers_may_be_done_hours_or_days_after_the_arrival(rose: PersonHistory, hours: int) -> None:
    rose.admit("second", at=minutes(600), establishment=REHABILITATION)
    wait = left_at(minutes(600 + 60 * hours), rose)
    assert (state_at(wait, NEVER), wait.arrived_at) == ("met", minutes(600))
    assert [stay.status for stay in fold(rose.events, RULES).stays] == ["finished", "in_progress"]


def test_who_had_a_place_there_before_has_not_come(rose: PersonHistory) -> None:
    """The nursing home keeps the bed of who is in the hospital, and says nothing of it."""
    rose.admit("home", at=minutes(-9000), establishment=REHABILITATION)
    assert state_at(left_at(minutes(600), rose), NEVER) == "overdue"


@pytest.mark.parametrize("hours", [1, 30])
def test_who_is_back_from_leave_has_come(rose: PersonHistory, hours: int) -> None:
    rose.admit("home", at=minutes(-9000), establishment=REHABILITATION)
    rose.further("leave", "home", at=minutes(-10), establishment=REHABILITATION)
    rose.further("return", "home", at=minutes(600), establishment=REHABILITATION)
    wait = left_at(minutes(600 + 60 * hours), rose)
    assert (state_at(wait, NEVER), wait.arrived_at) == ("met", minutes(600))


def test_who_is_out_on_leave_has_not_come(rose: PersonHistory) -> None:
    rose.admit("second", at=minutes(300), establishment=REHABILITATION)
    rose.further("leave", "second", at=minutes(400), establishment=REHABILITATION)
    assert state_at(left_at(minutes(600), rose), NEVER) == "overdue"


def test_who_left_there_again_is_waited_for(rose: PersonHistory) -> None:
    rose.admit("visit", at=minutes(300), establishment=REHABILITATION)
    rose.discharge("visit", at=minutes(400), establishment=REHABILITATION)
    assert state_at(left_at(minutes(600), rose), NEVER) == "overdue"


@pytest.mark.parametrize("establishment", [HOSPITAL, NURSING_HOME])
def test_who_was_seen_elsewhere_since_is_waited_for(rose: PersonHistory, establishment: str) -> None:
    rose.admit("second", at=minutes(300), establishment=REHABILITATION)
    stay = "first" if establishment == HOSPITAL else "third"
    rose.transfer(stay, at=minutes(400), establishment=establishment, unit="2101")
    assert state_at(left_at(minutes(600), rose), NEVER) == "overdue"


@pytest.mark.parametrize(("hours", "state"), [(5, "met"), (30, "overdue")])
def test_an_emergency_stay_that_nobody_ended_shows_nobody_there_after_a_day(
    rose: PersonHistory, hours: int, state: str
) -> None:
    rose.admit("emergency", at=minutes(600), establishment=REHABILITATION, class_of_stay="emergency")
    assert state_at(left_at(minutes(600 + 60 * hours), rose), NEVER) == state


def test_a_day_at_the_destination_is_no_arrival(rose: PersonHistory) -> None:
    rose.admit("dialysis", at=minutes(100), establishment=REHABILITATION, class_of_stay="recurring")
    assert state_at(left_at(minutes(600), rose), NEVER) == "overdue"


def test_who_came_for_the_day_and_is_kept_has_come_when_they_are_kept(rose: PersonHistory) -> None:
    rose.admit("dialysis", at=minutes(-9000), establishment=REHABILITATION, class_of_stay="recurring")
    rose.transfer("dialysis", at=minutes(300), establishment=REHABILITATION, class_of_stay="inpatient")
    wait = left_at(minutes(600), rose)
    assert (state_at(wait, NEVER), wait.arrived_at) == ("met", minutes(300))


def test_who_goes_on_as_an_outpatient_later_had_come_all_the_same(rose: PersonHistory) -> None:
    rose.admit("second", at=minutes(300), establishment=REHABILITATION)
    left_at(minutes(600), rose)
    rose.transfer("second", at=minutes(9000), establishment=REHABILITATION, class_of_stay="outpatient")
    assert state_at(fold(rose.events, RULES).expectations[0], NEVER) == "met"


def test_a_departure_that_is_all_that_is_known_is_watched() -> None:
    rose = PersonHistory()
    rose.admit("second", at=minutes(300), establishment=REHABILITATION)
    assert state_at(left_at(minutes(600), rose), NEVER) == "overdue"


def test_who_came_back_and_left_again_is_waited_for_again(rose: PersonHistory) -> None:
    rose.admit("second", at=minutes(300), establishment=REHABILITATION)
    left_at(minutes(330), rose)
    rose.admit("again", at=minutes(900), establishment=HOSPITAL)
    rose.discharge("again", at=minutes(1500), establishment=HOSPITAL, to=REHABILITATION)
    waits = fold(rose.events, RULES).expectations
    assert [state_at(wait, NEVER) for wait in waits] == ["met", "overdue"]


def test_an_arrival_that_is_cancelled_is_waited_for_again(rose: PersonHistory) -> None:
    arrival = rose.admit("second", at=minutes(300), establishment=REHABILITATION)
    left_at(minutes(600), rose)
    rose.cancel(arrival, emitted=minutes(700))
    assert state_at(fold(rose.events, RULES).expectations[0], NEVER) == "overdue"


def test_any_site_of_the_legal_entity_expected_will_do(rose: PersonHistory) -> None:
    arrival = rose.admit("second", at=minutes(300), establishment=NURSING_HOME)
    rose.events[-1] = replace(arrival, data=replace(arrival.data, legal_entity=REHABILITATION))
    assert state_at(left_at(minutes(600), rose), NEVER) == "met"


def test_a_site_of_which_the_directory_learns_later_whose_it_is_will_do(rose: PersonHistory) -> None:
    rose.admit("second", at=minutes(300), establishment=NURSING_HOME)
    moved = rose.transfer("second", at=minutes(400), establishment=NURSING_HOME, unit="2101")
    rose.events[-1] = replace(moved, data=replace(moved.data, legal_entity=REHABILITATION))
    rose.transfer("second", at=minutes(500), establishment=NURSING_HOME, unit="2102")
    assert state_at(left_at(minutes(600), rose), NEVER) == "met"
