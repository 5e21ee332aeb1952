"""The values depend on the set of facts only, and on nothing recorded after `as_of`."""

from datetime import date, datetime, timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.indicators.domain.calendar import Period
from services.indicators.domain.facts import (
    ExpectationFact,
    ExpectationStep,
    FactOfMovement,
    FactType,
    ObligationFact,
)
from services.indicators.domain.indicators import (
    Question,
    Series,
    carer_delay_series,
    length_of_stay_series,
    occupancy_series,
    transfers_series,
)
from services.indicators.domain.occupancy import censuses
from services.indicators.domain.stays import stays
from shared.events.envelope import RecordedEvent
from shared.testing.choices import CHOICES, Choices
from shared.testing.histories import people
from shared.testing.moving_histories import Moving, moving_histories
from shared.testing.person_history import ESTABLISHMENTS
from tests.unit.indicators.stated_facts import KNOWN, LATER, expectation, march, movement_facts, settled

STEPS: tuple[ExpectationStep, ...] = get_args(ExpectationStep)
NAMES = ("first", "second")
OUTCOMES = ("informed", "acknowledged", "expired", "superseded")
PERIOD = Period(first_day=date(2026, 2, 20), last_day=date(2026, 3, 20))


def moment(choose: Choices) -> datetime:
    return march(1) + timedelta(hours=choose.between(0, 12 * 24))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    choose = draw(CHOICES)
    return Question(establishment=choose.of(ESTABLISHMENTS), period=PERIOD, as_of=moment(choose))


@st.composite
def expectations(draw: st.DrawFn) -> list[ExpectationFact]:
    choose = draw(CHOICES)
    facts = []
    for sequence in range(1, choose.between(1, 12)):
        step = choose.of(STEPS)
        facts.append(
            expectation(
                step,
                name=choose.of(NAMES),
                sequence=sequence,
                due=moment(choose),
                recorded=moment(choose),
                arrived=moment(choose) if step == "met" else None,
            )
        )
    return facts


@st.composite
def obligations(draw: st.DrawFn) -> list[ObligationFact]:
    choose = draw(CHOICES)
    return [
        settled(
            str(number),
            fact=moment(choose),
            after_minutes=choose.between(0, 3000),
            outcome=choose.of(OUTCOMES),
            recorded_at=moment(choose),
        )
        for number in range(choose.between(0, 8))
    ]


def all_series(
    asked: Question,
    movements: list[FactOfMovement],
    expected: list[ExpectationFact],
    told: list[ObligationFact],
) -> list[Series]:
    return [
        occupancy_series(movements, asked, KNOWN),
        length_of_stay_series(movements, asked, KNOWN),
        transfers_series(expected, asked, KNOWN),
        carer_delay_series(told, asked, KNOWN),
    ]


@st.composite
def redelivered(draw: st.DrawFn, facts: list[FactType]) -> list[FactType]:
    choose = draw(CHOICES)
    return choose.shuffled([*facts, *choose.some(facts, at_most=4)])


@settings(max_examples=25)
@given(people(), expectations(), obligations(), questions(), st.data())
def test_order_and_repetition_change_nothing(
    history: list[RecordedEvent],
    expected: list[ExpectationFact],
    told: list[ObligationFact],
    asked: Question,
    data: st.DataObject,
) -> None:
    movements = movement_facts(history)
    again = all_series(
        asked,
        data.draw(redelivered(movements)),
        data.draw(redelivered(expected)),
        data.draw(redelivered(told)),
    )
    assert again == all_series(asked, movements, expected, told)


@settings(max_examples=25)
@given(people(), expectations(), obligations(), questions())
def test_nothing_recorded_after_the_moment_asked_for_is_used(
    history: list[RecordedEvent],
    expected: list[ExpectationFact],
    told: list[ObligationFact],
    asked: Question,
) -> None:
    movements = movement_facts(history)
    known_then = all_series(
        asked,
        [fact for fact in movements if fact.recorded_at <= asked.as_of],
        [fact for fact in expected if fact.recorded_at <= asked.as_of],
        [fact for fact in told if fact.recorded_at <= asked.as_of],
    )
    assert all_series(asked, movements, expected, told) == known_then
    for series in known_then:
        assert all((day.newest_recorded_at or asked.as_of) <= asked.as_of for day in series.days)


@settings(max_examples=50)
@given(moving_histories(), questions())
def test_a_movement_counts_where_it_would_had_it_been_stated_of_the_right_person(
    moving: Moving, asked: Question
) -> None:
    ends = replace(asked, as_of=LATER)
    published = [event for history in moving.published for event in history.events]
    right = [event for history in moving.right for event in history.events]
    for series in (occupancy_series, length_of_stay_series):
        as_published = series(movement_facts(published), ends, KNOWN).whole.figures
        assert as_published == series(movement_facts(right), ends, KNOWN).whole.figures


@settings(max_examples=25)
@given(people())
def test_the_days_of_a_stay_are_the_midnights_at_which_it_is_counted(history: list[RecordedEvent]) -> None:
    for stay in stays(movement_facts(history)):
        if stay.bed_left_at is not None:
            counted = censuses([stay], period=PERIOD, as_of=LATER, observed_since=PERIOD.first_day)
            assert sum(census.persons for census in counted) == stay.length_days


@settings(max_examples=25)
@given(people(), questions())
def test_a_day_says_the_same_whatever_period_it_is_asked_in(
    history: list[RecordedEvent], asked: Question
) -> None:
    facts = movement_facts(history)
    month = occupancy_series(facts, asked, KNOWN)
    for day in month.days[::5]:
        alone = Question(establishment=asked.establishment, period=day.period, as_of=asked.as_of)
        assert occupancy_series(facts, alone, KNOWN).whole == day
