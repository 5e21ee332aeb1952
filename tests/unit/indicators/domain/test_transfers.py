"""Transfers are confirmed in time when their arrival was recorded by the time it was due."""

import pytest
from msgspec.structs import replace

from services.indicators.domain.facts import ExpectationFact, expectation_fact
from services.indicators.domain.figures import Figures
from services.indicators.domain.indicators import Question, transfers_series
from shared.events.envelope import RecordedEvent
from shared.events.pathway import ExpectationWithdrawn
from shared.events.registry import PATHWAY
from shared.testing.person_history import HOSPITAL, REHABILITATION, id_of
from tests.unit.indicators.stated_facts import KNOWN, expectation, march, march_days, question

DUE = march(2, 14)
OPENED = expectation("opened", sequence=1, due=DUE, recorded=march(2, 12))


def figures(*facts: ExpectationFact, asked: Question | None = None) -> Figures:
    return transfers_series(facts, asked or question(), KNOWN).whole.figures


def met(*, sequence: int, arrived_hour: int, recorded_hour: int) -> ExpectationFact:
    return expectation(
        "met", sequence=sequence, due=DUE, recorded=march(2, recorded_hour), arrived=march(2, arrived_hour)
    )


def test_an_arrival_recorded_by_the_time_it_was_due_is_confirmed_in_time() -> None:
    counted = figures(OPENED, met(sequence=2, arrived_hour=13, recorded_hour=13))
    assert (counted.value, counted.numerator, counted.denominator) == (1, 1, 1)


def test_an_arrival_in_time_that_was_reported_late_is_not_confirmed_in_time() -> None:
    rupture = expectation("rupture_opened", sequence=2, due=DUE, recorded=march(2, 15))
    closed = expectation("rupture_closed", sequence=4, due=DUE, recorded=march(2, 16))
    counted = figures(OPENED, rupture, met(sequence=3, arrived_hour=13, recorded_hour=16), closed)
    assert (counted.value, counted.numerator, counted.denominator) == (0, 0, 1)
    assert counted.details == {"arrived_in_time": 1, "arrived": 1}


def test_a_transfer_without_an_arrival_counts_once_it_was_due() -> None:
    assert figures(OPENED, asked=question(as_of=march(2, 13))).denominator == 0
    assert figures(OPENED, asked=question(as_of=march(2, 14))).denominator == 1


def test_a_confirmation_does_not_count_before_the_transfer_was_due() -> None:
    confirmed = met(sequence=2, arrived_hour=13, recorded_hour=13)
    counted = figures(OPENED, confirmed, asked=question(as_of=march(2, 13, 30)))
    assert (counted.value, counted.numerator, counted.denominator) == (None, None, 0)


def test_a_withdrawn_transfer_is_not_counted() -> None:
    withdrawn = expectation("withdrawn", sequence=2, due=DUE, recorded=march(2, 13))
    assert figures(withdrawn, OPENED).denominator == 0


def test_who_was_admitted_elsewhere_counts_as_not_confirmed() -> None:
    ended = expectation("ended", sequence=2, due=DUE, recorded=march(2, 13))
    counted = figures(ended, OPENED)
    assert (counted.numerator, counted.denominator) == (0, 1)


@pytest.mark.parametrize(
    ("ended_as", "step"),
    [
        ("elsewhere", "ended"),
        ("closed", "ended"),
        ("returned", "withdrawn"),
        (None, "withdrawn"),
        ("of next year", "withdrawn"),
    ],
)
def test_how_a_wait_ended_decides_whether_it_was_a_transfer(ended_as: str | None, step: str) -> None:
    withdrawn = ExpectationWithdrawn(
        expectation_id=id_of("e"),
        departure_movement_id=id_of("m"),
        from_establishment=HOSPITAL,
        to_establishment=REHABILITATION,
        departed_at=march(2, 12),
        due_at=DUE,
        ended_as=ended_as,
    )
    event = RecordedEvent(
        event_id=id_of("event"),
        publisher=PATHWAY,
        subject=id_of("Rose"),
        sequence=2,
        occurred_at=DUE,
        recorded_at=DUE,
        data=withdrawn,
    )
    assert expectation_fact(event, withdrawn).step == step


def test_a_confirmation_that_is_restated_keeps_its_first_time() -> None:
    first = met(sequence=2, arrived_hour=13, recorded_hour=13)
    again = met(sequence=3, arrived_hour=12, recorded_hour=18)
    assert figures(again, OPENED, first).numerator == 1


def test_a_confirmation_that_was_taken_back_does_not_count_for_the_next() -> None:
    first = met(sequence=2, arrived_hour=13, recorded_hour=13)
    reopened = expectation("opened", sequence=3, due=DUE, recorded=march(2, 13, 30))
    assert figures(OPENED, first, reopened).numerator == 0
    assert figures(OPENED, first, reopened, met(sequence=4, arrived_hour=13, recorded_hour=19)).numerator == 0


def test_transfers_count_for_the_establishment_that_sent_and_the_day_they_were_due() -> None:
    assert figures(OPENED, asked=question(establishment=REHABILITATION)).denominator == 0
    days = transfers_series([OPENED], question(march_days(1, 3)), KNOWN).days
    assert [day.figures.denominator for day in days] == [0, 1, 0]


def test_a_transfer_of_somebody_who_was_merged_stays_confirmed_when_it_was() -> None:
    due = march(2)
    before = [
        expectation("opened", sequence=1, due=due, recorded=march(1)),
        expectation("met", sequence=2, due=due, recorded=march(1, 13), arrived=march(1)),
        expectation("withdrawn", sequence=3, due=due, recorded=march(9)),
    ]
    after = [
        replace(fact, person_id=id_of("person", "Iris"), event_id=id_of(fact.step), recorded_at=march(9))
        for fact in before[:2]
    ]
    assert figures(*before, *after) == figures(*after, *before)
    assert figures(*before, *after).value == 1
