"""Heartbeats keep a source that has no news from being silent, and their own end is noticed soon."""

from datetime import datetime, timedelta

from services.admission.domain.rhythm.judge import Signs, State, judge
from services.admission.domain.rhythm.learn import learn
from services.admission.domain.rhythm.minutes import WHOLE_HOUR
from tests.unit.admission.domain.rhythm.weeks import PARIS, ceaseless, heard, hours, office

OFFICE = learn(*heard(office, 8), PARIS)
EVERY_MINUTE = learn(*heard(ceaseless, 8), PARIS)
LISTENED = dict.fromkeys(hours(12), WHOLE_HOUR)
NOW = datetime(2026, 10, 27, 12, tzinfo=PARIS.zone)


def state(message: timedelta, heartbeat: timedelta | None, *, are_learnt: bool = True) -> State:
    """How it is judged so long after the last message and heartbeat."""
    beats = Signs() if heartbeat is None else Signs(NOW - heartbeat, EVERY_MINUTE if are_learnt else None)
    return judge(Signs(NOW - message, OFFICE), beats, listened=LISTENED, now=NOW).state


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_whoever_has_no_news_lives_by_its_heartbeats() -> None:
    assert state(minutes(5), minutes(1)) == "as_usual"
    assert state(minutes(180), None) == "nothing_heard"
    assert state(minutes(180), minutes(1)) == "only_heartbeats"
    assert state(minutes(180), minutes(1), are_learnt=False) == "only_heartbeats"
    assert state(minutes(180), minutes(170), are_learnt=False) == "nothing_heard"


def test_the_end_of_heartbeats_is_noticed_before_messages_are_missed() -> None:
    assert state(minutes(17), minutes(20)) == "nothing_heard"
    assert state(minutes(17), None) == "as_usual"


def test_whoever_goes_on_without_heartbeats_needs_none() -> None:
    assert state(minutes(17), minutes(90)) == "as_usual"
    assert state(minutes(180), minutes(600)) == "nothing_heard"
