"""A person is expected where and when it is right, and the arrival is recognised."""

from datetime import datetime, timedelta

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.judgement import state_at
from services.pathway.domain.pathway import Expectation
from services.pathway.domain.rules import RULES, Rules
from shared.events.admission import Mode
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes


def _expected(history: PersonHistory, rules: Rules = RULES) -> list[Expectation]:
    return [
        expectation for expectation in fold(history.events, rules).expectations if not expectation.withdrawn
    ]


def _departed(*, expected_at: datetime | None = None) -> PersonHistory:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge(
        "first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION, expected_at=expected_at
    )
    return rose


def test_a_departure_expects_the_arrival_when_the_destination_does_plus_a_grace() -> None:
    (expectation,) = _expected(_departed(expected_at=minutes(660)))
    assert expectation.due_at == minutes(720)
    assert (expectation.from_establishment, expectation.to_establishment) == (HOSPITAL, REHABILITATION)


def test_without_a_said_time_the_arrival_is_due_after_the_default() -> None:
    assert _expected(_departed())[0].due_at == minutes(720)
    hasty = Rules(version=2, arrival_default=timedelta(minutes=30))
    assert _expected(_departed(), hasty)[0].due_at == minutes(630)
    assert _expected(_departed(), hasty)[0].rules_version == 2


@pytest.mark.parametrize("mode", ["home", "death", "other"])
def test_a_person_not_transferred_is_expected_nowhere(mode: Mode) -> None:
    rose = PersonHistory()
    rose.discharge("first", at=minutes(0), to=REHABILITATION, mode=mode)
    rose.transfer("first", at=minutes(-10), unit="surgery")
    rose.transfer("first", at=minutes(-5), establishment=HOSPITAL, to=HOSPITAL)
    assert _expected(rose) == []


def test_the_first_arrival_there_meets_it() -> None:
    rose = _departed()
    rose.admit("elsewhere", at=minutes(640), establishment=NURSING_HOME)
    rose.admit("second", at=minutes(650), establishment=REHABILITATION)
    rose.admit("third", at=minutes(700), establishment=REHABILITATION)
    (expectation,) = _expected(rose)
    assert expectation.arrived_at == minutes(650)
    assert state_at(expectation, minutes(9999)) == "met"


def test_an_arrival_after_the_deadline_is_late() -> None:
    rose = _departed()
    rose.admit("second", at=minutes(721), establishment=REHABILITATION)
    assert state_at(_expected(rose)[0], minutes(730)) == "met_late"


def test_an_arrival_may_seem_to_precede_its_departure_by_the_skew_of_two_clocks() -> None:
    rose = _departed()
    rose.admit("second", at=minutes(586), establishment=REHABILITATION)
    assert _expected(rose)[0].arrived_at == minutes(586)


def test_an_arrival_that_meets_a_departure_meets_none_that_follows() -> None:
    rose = _departed()
    rose.admit("second", at=minutes(630), establishment=REHABILITATION)
    rose.transfer("first", at=minutes(635), establishment=HOSPITAL, to=NURSING_HOME)
    rose.discharge("again", at=minutes(640), establishment=HOSPITAL, to=REHABILITATION)
    there = [expected for expected in _expected(rose) if expected.to_establishment == REHABILITATION]
    assert [expected.arrived_at for expected in there] == [minutes(630), None]


def test_an_arrival_ends_every_earlier_wait_there() -> None:
    rose = _departed()
    rose.discharge("again", at=minutes(2000), establishment=HOSPITAL, to=REHABILITATION)
    rose.admit("second", at=minutes(2030), establishment=REHABILITATION)
    states = [state_at(expectation, minutes(9999)) for expectation in _expected(rose)]
    assert states == ["met_late", "met"]


@pytest.mark.parametrize(("before", "met"), [(119, True), (121, False)])
def test_a_departure_of_which_nothing_else_is_known_may_be_dated_hours_after_the_arrival(
    before: int, *, met: bool
) -> None:
    rose = PersonHistory()
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    rose.admit("second", at=minutes(600 - before), establishment=REHABILITATION)
    assert (_expected(rose)[0].arrived_at is not None) == met


@pytest.mark.parametrize("kind", ["transfer", "discharge"])
def test_any_movement_at_the_destination_shows_that_the_person_arrived(kind: str) -> None:
    rose = _departed()
    getattr(rose, kind)("unknown there", at=minutes(630), establishment=REHABILITATION)
    assert _expected(rose)[0].arrived_at == minutes(630)
    rose = _departed()
    getattr(rose, kind)("unknown there", at=minutes(599), establishment=REHABILITATION)
    assert _expected(rose)[0].arrived_at is None


def _ended(history: PersonHistory) -> tuple[str | None, datetime | None]:
    first = _expected(history)[0]
    return first.ended_as, first.ended_at


def test_who_is_admitted_to_a_bed_of_a_third_place_is_not_waited_for_any_more() -> None:
    rose = _departed()
    rose.admit("check", at=minutes(620), establishment=NURSING_HOME, class_of_stay="outpatient")
    assert _ended(rose) == (None, None)
    elsewhere = rose.admit("third", at=minutes(640), establishment=NURSING_HOME)
    assert _ended(rose) == ("elsewhere", minutes(640))
    assert state_at(_expected(rose)[0], minutes(9999)) == "elsewhere"
    rose.cancel(elsewhere)
    assert _ended(rose) == (None, None)


def test_who_is_kept_at_a_third_place_after_a_visit_there_is_there() -> None:
    rose = _departed()
    rose.admit("visit", at=minutes(640), establishment=NURSING_HOME, class_of_stay="outpatient")
    assert _ended(rose) == (None, None)
    rose.transfer("visit", at=minutes(700), establishment=NURSING_HOME, class_of_stay="inpatient")
    assert _ended(rose) == ("elsewhere", minutes(700))
    rose.transfer("visit", at=minutes(900), establishment=NURSING_HOME, class_of_stay="outpatient")
    assert _ended(rose) == ("elsewhere", minutes(700))


def test_who_comes_in_time_after_a_stop_elsewhere_has_arrived_and_later_has_ended() -> None:
    in_time, late = _departed(), _departed()
    for rose, at in ((in_time, minutes(720)), (late, minutes(721))):
        rose.admit("third", at=minutes(640), establishment=NURSING_HOME)
        rose.admit("second", at=at, establishment=REHABILITATION)
    assert state_at(_expected(in_time)[0], minutes(9999)) == "met"
    assert _ended(late) == ("elsewhere", minutes(640))


def test_who_is_admitted_again_where_they_left_is_back() -> None:
    rose = _departed()
    rose.admit("again", at=minutes(640), establishment=HOSPITAL)
    assert _ended(rose) == ("returned", minutes(640))


def test_who_never_left_is_back_when_the_next_move_there_is_stated() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    rose.transfer("first", at=minutes(630), establishment=HOSPITAL, unit="surgery")
    assert _ended(rose) == ("returned", minutes(630))
    rose = PersonHistory()
    rose.transfer("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    rose.transfer("first", at=minutes(630), establishment=HOSPITAL, to=NURSING_HOME)
    assert _ended(rose) == ("returned", minutes(630))
    assert [each.ended_as for each in _expected(rose)] == ["returned", None]


def test_papers_that_are_done_after_the_departure_bring_nobody_back() -> None:
    rose = PersonHistory()
    rose.transfer("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    rose.admit("first", at=minutes(605), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(700), establishment=HOSPITAL, mode="home")
    assert _ended(rose) == (None, None)


def test_a_transfer_and_the_discharge_that_follows_it_are_one_leaving() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    transfer = rose.transfer("first", at=minutes(500), establishment=HOSPITAL, to=REHABILITATION)
    (planned,) = _expected(rose)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    (left,) = _expected(rose)
    assert left.expectation_id == planned.expectation_id
    assert (planned.departed_at, left.departed_at) == (minutes(500), minutes(500))
    rose.cancel(transfer)
    (remaining,) = _expected(rose)
    assert remaining.expectation_id != planned.expectation_id


def test_a_discharge_after_the_arrival_closes_the_stay_and_expects_nobody_again() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("first", at=minutes(500), establishment=HOSPITAL, to=REHABILITATION)
    rose.admit("second", at=minutes(530), establishment=REHABILITATION)
    rose.discharge("first", at=minutes(1900), establishment=HOSPITAL, to=REHABILITATION)
    (expectation,) = _expected(rose)
    assert (expectation.departed_at, expectation.arrived_at) == (minutes(500), minutes(530))
    assert state_at(expectation, minutes(9999)) == "met"
    assert [stay.status for stay in fold(rose.events, RULES).stays] == ["finished", "in_progress"]
    assert all(movement.marks == () for movement in fold(rose.events, RULES).movements)


def test_the_time_of_arrival_said_last_counts_from_the_departure() -> None:
    rose = PersonHistory()
    rose.transfer("first", at=minutes(500), to=REHABILITATION)
    rose.discharge("first", at=minutes(505), to=REHABILITATION, expected_at=minutes(590))
    assert _expected(rose)[0].due_at == minutes(650)


def test_a_departure_cancelled_or_sent_elsewhere_is_withdrawn() -> None:
    rose = _departed()
    departure = rose.events[-1]
    (first,) = _expected(rose)
    other = PersonHistory()
    other.discharge("first", at=minutes(600), to=NURSING_HOME)
    rose.update(departure, emitted=minutes(610), destination=other.events[0].data.destination)  # type: ignore[attr-defined]
    states = {
        expectation.to_establishment: expectation for expectation in fold(rose.events, RULES).expectations
    }
    assert states[REHABILITATION].expectation_id == first.expectation_id
    assert state_at(states[REHABILITATION], minutes(0)) == "withdrawn"
    assert state_at(states[NURSING_HOME], minutes(0)) == "open"
    rose.cancel(departure, emitted=minutes(620))
    assert _expected(rose) == []


def test_a_stay_left_by_transfer_is_on_the_way_until_the_arrival() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    assert fold(rose.events, RULES).stays[0].status == "on_the_way"
    rose.admit("second", at=minutes(650), establishment=REHABILITATION)
    assert [stay.status for stay in fold(rose.events, RULES).stays] == ["finished", "in_progress"]
