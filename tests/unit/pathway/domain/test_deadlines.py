"""An arrival is watched for at a time at which it can be expected, whatever the departure says."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Pathway
from services.pathway.domain.rules import RULES
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes

DEPARTED = minutes(600)
PARIS_IN_WINTER = timezone(timedelta(hours=1))
FILLERS = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1753, 1, 1, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=PARIS_IN_WINTER),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2099, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2999, 12, 31, 12, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]
MIDNIGHTS = [
    datetime(2026, 3, 3, tzinfo=UTC),
    datetime(2026, 3, 4, tzinfo=PARIS_IN_WINTER),
    datetime(2026, 3, 4, 23, tzinfo=UTC),  # midnight in Paris, converted by the sender
]


def _left(*, expected_at: datetime | None, time_zone: str | None = None) -> Pathway:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    left = rose.discharge("first", at=DEPARTED, to=REHABILITATION, expected_at=expected_at)
    rose.events[-1] = replace(left, data=replace(left.data, time_zone=time_zone))
    return fold(rose.events, RULES)


@pytest.mark.parametrize("expected_at", [*FILLERS, *MIDNIGHTS, DEPARTED - timedelta(seconds=1)], ids=str)
def test_a_time_that_can_be_no_deadline_gives_the_default_and_a_mark(expected_at: datetime) -> None:
    pathway = _left(expected_at=expected_at)
    (expectation,) = pathway.expectations
    assert expectation.due_at == DEPARTED + RULES.arrival_default
    assert expectation.deadline_unknown
    assert pathway.movements[-1].marks == ("unknown_deadline",)
    assert pathway.stays[0].marks == ("unknown_deadline",)


@pytest.mark.parametrize("expected_at", [DEPARTED, minutes(601), minutes(60 * 24 * 30)], ids=str)
def test_a_time_that_can_be_meant_is_watched_with_its_grace(expected_at: datetime) -> None:
    pathway = _left(expected_at=expected_at)
    assert pathway.expectations[0].due_at == expected_at + RULES.arrival_grace
    assert not pathway.expectations[0].deadline_unknown
    assert pathway.movements[-1].marks == ()


def test_a_midnight_is_one_on_the_clock_of_the_establishment_that_was_left() -> None:
    converted = datetime(2026, 3, 3, 20, tzinfo=UTC)  # midnight in La Réunion
    assert not _left(expected_at=converted).expectations[0].deadline_unknown
    assert _left(expected_at=converted, time_zone="Indian/Reunion").expectations[0].deadline_unknown


def test_where_no_time_is_said_nothing_is_marked() -> None:
    pathway = _left(expected_at=None)
    assert not pathway.expectations[0].deadline_unknown
    assert pathway.movements[-1].marks == ()


ANY_MOMENT = st.datetimes(
    timezones=st.sampled_from(
        (UTC, PARIS_IN_WINTER, timezone(timedelta(hours=4)), timezone(-timedelta(hours=9)))
    )
)


@given(departed_at=ANY_MOMENT, expected_at=st.none() | ANY_MOMENT | st.timedeltas())
def test_an_arrival_is_always_due_after_the_departure_and_within_a_journey(
    departed_at: datetime, expected_at: datetime | timedelta | None
) -> None:
    try:
        expected_at = departed_at + expected_at if isinstance(expected_at, timedelta) else expected_at
    except OverflowError:
        expected_at = None
    rose = PersonHistory()
    rose.discharge("first", at=departed_at, to=REHABILITATION, expected_at=expected_at, emitted=DEPARTED)
    (expectation,) = fold(rose.events, RULES).expectations
    assert expectation.due_at > departed_at or departed_at.year == 9999
    assert expectation.due_at - departed_at <= RULES.longest_journey + RULES.arrival_grace
    if expectation.deadline_unknown:
        again = PersonHistory()
        again.discharge("first", at=departed_at, to=REHABILITATION, emitted=DEPARTED)
        assert expectation.due_at == fold(again.events, RULES).expectations[0].due_at
