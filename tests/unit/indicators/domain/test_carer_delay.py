"""Carers' delays are counted from the recorded event to the day on which they were informed."""

import pytest

from services.indicators.domain.facts import ObligationFact
from services.indicators.domain.figures import Figures
from services.indicators.domain.indicators import carer_delay_series
from tests.unit.indicators.stated_facts import KNOWN, march, march_days, question, settled

FACT = march(2, 10)


def figures(*facts: ObligationFact) -> Figures:
    return carer_delay_series(facts, question(), KNOWN).whole.figures


def test_delays_run_from_the_recorded_and_from_the_occurred_fact() -> None:
    counted = figures(*(settled(str(minutes), fact=FACT, after_minutes=minutes) for minutes in (1, 2, 45)))
    assert counted.value == 120
    assert (counted.numerator, counted.denominator) == (2, 3)
    assert counted.details == {
        "p90": 2700,
        "median_from_occurred": 180,
        "p90_from_occurred": 2760,
        "share_within_30_minutes": 2 / 3,
        "informed": 3,
    }


def test_a_carer_never_reached_counts_in_the_share_and_has_no_delay() -> None:
    told = settled("told", fact=FACT, after_minutes=1)
    counted = figures(told, settled("lost", fact=FACT, after_minutes=600, outcome="expired"))
    assert (counted.value, counted.numerator, counted.denominator) == (60, 1, 2)
    assert counted.details["share_within_30_minutes"] == 0.5


def test_without_an_informed_carer_there_is_no_delay_rather_than_zero() -> None:
    counted = figures()
    assert (counted.value, counted.numerator, counted.denominator) == (None, None, 0)
    assert counted.details["p90"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_role": "professional"},
        {"outcome": "superseded"},
        {"outcome": "suppressed"},
        {"establishment": "330000002"},
    ],
)
def test_other_recipients_and_obligations_without_a_wait_are_left_out(changes: dict[str, str]) -> None:
    assert figures(settled("other", fact=FACT, after_minutes=1, **changes)).denominator == 0


def test_a_wait_counts_on_the_day_on_which_it_ended() -> None:
    late = settled("late", fact=FACT, after_minutes=14 * 60)
    days = carer_delay_series([late], question(march_days(2, 3)), KNOWN).days
    assert [day.figures.denominator for day in days] == [0, 1]
