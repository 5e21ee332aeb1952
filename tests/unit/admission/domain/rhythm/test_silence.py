"""A source is silent when it pauses for longer than it usually does at this hour of its week."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.admission.domain.rhythm.judge import Judgement, Signs, judge
from services.admission.domain.rhythm.learn import Rhythm, learn
from services.admission.domain.rhythm.minutes import WHOLE_HOUR, last_minute
from services.admission.domain.rhythm.overdue import PERIODS, overdue_at
from tests.unit.admission.domain.rhythm.weeks import PARIS, Speaks, ceaseless, heard, hours, nightly, office

WEEKS = 8
RHYTHMS: dict[Speaks, Rhythm | None] = {
    speaks: learn(*heard(speaks, WEEKS), PARIS) for speaks in (office, nightly, ceaseless)
}
"""Of 31 August to 26 October, a Monday."""
LISTENED = dict.fromkeys(hours(20), WHOLE_HOUR)
minutes = st.integers(0, 8 * 7 * 24 * 60 - 1)


def paris(day: int, hour: int, minute: int = 0, *, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS.zone)


def alarm(speaks: Speaks, since: datetime) -> datetime:
    rhythm = RHYTHMS[speaks]
    assert rhythm is not None
    found = overdue_at(rhythm, since.astimezone(UTC), listened=LISTENED, now=since.astimezone(UTC))
    assert found is not None
    return found.astimezone(PARIS.zone)


@pytest.mark.parametrize(
    ("speaks", "since", "earliest", "latest"),
    [
        (ceaseless, paris(27, 3), paris(27, 3, 15), paris(27, 3, 17)),
        # Within its hours, after two missing messages; a night weighs little, and so does a weekend.
        (office, paris(27, 10), paris(27, 10, 18), paris(27, 10, 40)),
        (office, paris(27, 17, 50), paris(28, 8, 5), paris(28, 8, 40)),
        (office, paris(30, 17, 50), paris(2, 8, 0, month=11), paris(2, 8, 40, month=11)),
        # All Saints is a Sunday in 2026, Armistice a Wednesday: nobody is waited for before Thursday.
        (office, paris(10, 17, 50, month=11), paris(12, 8, 0, month=11), paris(12, 8, 40, month=11)),
        (nightly, paris(27, 6), paris(28, 6, 15), paris(29, 6)),
    ],
)
def test_an_alarm_comes_when_the_rhythm_expected_something(
    speaks: Speaks, since: datetime, earliest: datetime, latest: datetime
) -> None:
    assert earliest <= alarm(speaks, since) <= latest


@pytest.mark.parametrize("speaks", [office, nightly, ceaseless])
def test_whoever_keeps_to_its_timetable_is_never_silent(speaks: Speaks) -> None:
    rhythm = RHYTHMS[speaks]
    assert rhythm is not None
    spoken = sorted(
        hour + timedelta(minutes=minute)
        for hour in hours(2, since=paris(26, 0))
        for minute in speaks(hour.astimezone(PARIS.zone))
    )
    for last, following in zip(spoken[::7], spoken[1::7], strict=False):
        found = overdue_at(rhythm, last, listened=LISTENED, now=following)
        assert found is None or found > following


def test_what_is_heard_for_less_than_two_weeks_is_not_judged() -> None:
    assert learn(*heard(office, 1.9), PARIS) is None
    assert learn({}, LISTENED, PARIS) is None
    assert judge(Signs(paris(27, 10)), Signs(), listened=LISTENED, now=paris(28, 10)).state == "learning"


def test_one_outage_is_not_learnt_as_usual() -> None:
    spoken, listened = heard(office, WEEKS)
    outage = set(hours(1, since=paris(14, 0, month=9)))
    rhythm, usual = (
        learn({h: b for h, b in spoken.items() if h not in outage}, listened, PARIS),
        RHYTHMS[office],
    )
    assert rhythm is not None
    assert usual is not None
    assert rhythm.period <= 1.2 * usual.period


@given(since=minutes, length=minutes)
@settings(max_examples=25)
def test_while_we_do_not_listen_nobody_is_silent(since: int, length: int) -> None:
    rhythm = RHYTHMS[office]
    assert rhythm is not None
    last = last_minute(hours(WEEKS)[since // 60], 1 << since % 60)
    now = last + timedelta(minutes=length)
    found = overdue_at(rhythm, last, listened={}, now=now)
    assert found is None or found > now


@given(since=minutes, waited=st.integers(1, 4 * 24 * 60))
@settings(max_examples=50)
def test_a_silence_once_noticed_lasts_until_something_is_heard(since: int, waited: int) -> None:
    rhythm = RHYTHMS[office]
    last = last_minute(hours(WEEKS)[since // 60], 1 << since % 60)

    def at(now: datetime) -> Judgement:
        return judge(Signs(last, rhythm), Signs(), listened=LISTENED, now=now)

    first = at(last + timedelta(minutes=waited))
    assert at(last + timedelta(minutes=waited + 30)).alarm_at == first.alarm_at
    if first.state == "nothing_heard":
        assert at(last + timedelta(minutes=2 * waited)).state == "nothing_heard"
        assert first.since == last
    assert PERIODS < 2
