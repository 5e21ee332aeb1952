"""What is dated ahead is a plan: shown as such, and without effect until its hour."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.pathway.domain.fold import fold, next_plan
from services.pathway.domain.judgement import state_at
from services.pathway.domain.pathway import Pathway
from services.pathway.domain.rules import RULES
from shared.events.envelope import RecordedEvent
from shared.stays.stays import FOR_EVER
from shared.testing.histories import person_histories
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.unit.pathway.listener import Publisher


def _leaves_tomorrow() -> PersonHistory:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(1440), to=REHABILITATION, emitted=minutes(60))
    return rose


def _statuses(pathway: Pathway) -> list[str]:
    return [stay.status for stay in pathway.stays]


def test_a_departure_of_tomorrow_leaves_the_person_in_place_and_nobody_waiting() -> None:
    today = fold(_leaves_tomorrow().events, RULES, now=minutes(70))
    assert _statuses(today) == ["in_progress"]
    assert today.stays[0].ended_at is None
    assert today.expectations == ()
    assert [movement.planned for movement in today.movements] == [False, True]
    assert next_plan(today) == minutes(1440)


def test_from_its_hour_on_it_is_a_fact_and_watched() -> None:
    then = fold(_leaves_tomorrow().events, RULES, now=minutes(1440))
    assert _statuses(then) == ["finished"]
    assert [state_at(expected, minutes(1440)) for expected in then.expectations] == ["open"]
    assert next_plan(then) is None


def test_a_ward_whose_clock_runs_a_little_ahead_plans_nothing() -> None:
    assert _statuses(fold(_leaves_tomorrow().events, RULES, now=minutes(1435))) == ["finished"]
    assert _statuses(fold(_leaves_tomorrow().events, RULES, now=minutes(1434))) == ["in_progress"]


def test_a_planned_arrival_meets_nobody_and_contradicts_nothing_yet() -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.admit("second", at=minutes(1500), establishment=REHABILITATION, emitted=minutes(60))
    rose.discharge("first", at=minutes(100), establishment=HOSPITAL, to=REHABILITATION)
    today = fold(rose.events, RULES, now=minutes(240))
    assert _statuses(today) == ["finished", "planned"]
    assert [state_at(expected, minutes(240)) for expected in today.expectations] == ["overdue"]
    assert all(movement.marks == () for movement in today.movements)


def test_a_departure_that_is_put_off_until_tomorrow_is_withdrawn_and_expected_again_then() -> None:
    publisher, rose = Publisher(), PersonHistory()
    rose.admit("first", at=minutes(0))
    departure = rose.discharge("first", at=minutes(60), to=REHABILITATION)
    names = [type(event.data).__name__ for event in publisher.take_in(rose.events, now=minutes(61))]
    put_off = rose.update(departure, emitted=minutes(70), occurred_at=minutes(1440))
    names += [type(event.data).__name__ for event in publisher.take_in([put_off], now=minutes(71))]
    names += [type(event.data).__name__ for event in publisher.take_in([], now=minutes(1440))]
    assert names == ["ExpectationOpened", "ExpectationWithdrawn", "ExpectationOpened"]


def test_a_plan_that_is_cancelled_was_never_expected() -> None:
    publisher, rose = Publisher(), _leaves_tomorrow()
    rose.cancel(rose.events[1], emitted=minutes(90))
    assert publisher.take_in(rose.events, now=minutes(100)) == []
    assert publisher.take_in([], now=minutes(1500)) == []


def test_a_cancelled_plan_is_looked_at_again_when_its_hour_comes() -> None:
    rose = _leaves_tomorrow()
    rose.cancel(rose.events[-1], emitted=minutes(65))
    today = fold(rose.events, RULES, now=minutes(70))
    assert next_plan(today) == minutes(1440)
    assert fold(rose.events, RULES, now=minutes(1440)) != today


@given(history=person_histories(), now=st.integers(-100, 3000).map(minutes))
def test_nothing_changes_before_the_hour_of_the_next_plan(
    history: list[RecordedEvent], now: datetime
) -> None:
    pathway = fold(history, RULES, now=now)
    hour = next_plan(pathway)
    until = FOR_EVER if hour is None else hour - RULES.ward_ahead - timedelta.resolution
    assert fold(history, RULES, now=max(now, until)) == pathway
