"""An arrival is overdue once the destination would have told us of it."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.judgement import is_overdue, must_listen_first
from services.pathway.domain.pathway import Expectation
from services.pathway.domain.rules import RULES
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes

SETTLED = RULES.feed_settling + timedelta(seconds=1)
GRACE = RULES.feed_grace


def _expected(*, known_at: datetime) -> Expectation:
    rose = PersonHistory()
    left = rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    (expectation,) = fold([replace(left, recorded_at=known_at)], RULES).expectations
    return expectation


WAIT = _expected(known_at=minutes(601))
DUE = WAIT.due_at


def test_a_feed_that_has_passed_the_deadline_makes_it_overdue() -> None:
    later = DUE + timedelta(minutes=1)
    assert is_overdue(WAIT, RULES, current_until=later, now=DUE + SETTLED)
    assert not is_overdue(WAIT, RULES, current_until=DUE, now=DUE + SETTLED)
    assert not is_overdue(WAIT, RULES, current_until=later, now=DUE)


def test_a_silent_destination_is_waited_for_until_the_grace_is_over() -> None:
    assert not is_overdue(WAIT, RULES, current_until=None, now=DUE + GRACE)
    assert is_overdue(WAIT, RULES, current_until=None, now=DUE + GRACE + timedelta(seconds=1))


def test_neither_is_measured_from_before_the_departure_was_known() -> None:
    known_at = DUE + timedelta(hours=10)
    late = _expected(known_at=known_at)
    current = known_at + timedelta(minutes=1)
    assert not is_overdue(late, RULES, current_until=current, now=known_at + RULES.feed_settling)
    assert is_overdue(late, RULES, current_until=current, now=known_at + SETTLED)
    assert not is_overdue(late, RULES, current_until=None, now=known_at + GRACE)
    assert is_overdue(late, RULES, current_until=None, now=known_at + GRACE + timedelta(seconds=1))


def test_a_departure_that_is_stated_again_was_known_before() -> None:
    rose = PersonHistory()
    left = rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    rose.repeat(left, emitted=minutes(700), unit="2101")
    assert fold(rose.events, RULES).expectations[0].known_at == left.recorded_at


def test_what_has_ended_is_never_overdue() -> None:
    met = replace(WAIT, arrived_at=minutes(650))
    assert not is_overdue(met, RULES, current_until=minutes(9999), now=minutes(9999))


def test_nobody_is_judged_while_what_was_missed_is_still_coming_in() -> None:
    now = minutes(900)
    just_started, long_ago = now - timedelta(seconds=30), now - timedelta(hours=1)
    assert must_listen_first(RULES, lag=None, watching_since=just_started, now=now)
    assert not must_listen_first(RULES, lag=None, watching_since=long_ago, now=now)
    assert must_listen_first(RULES, lag=timedelta(minutes=5), watching_since=long_ago, now=now)
    assert not must_listen_first(RULES, lag=timedelta(seconds=5), watching_since=None, now=now)


_MOMENTS = st.integers(0, 2000).map(minutes)


@given(known_at=_MOMENTS, current_until=st.none() | _MOMENTS, now=_MOMENTS, later=_MOMENTS)
def test_once_overdue_it_stays_so_while_nothing_else_becomes_known(
    known_at: datetime, current_until: datetime | None, now: datetime, later: datetime
) -> None:
    wait = _expected(known_at=known_at)
    if later >= now and is_overdue(wait, RULES, current_until=current_until, now=now):
        assert is_overdue(wait, RULES, current_until=current_until, now=later)
        assert now > wait.due_at
