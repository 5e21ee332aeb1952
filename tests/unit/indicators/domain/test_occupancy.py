"""Those present at the end of a local day are counted on that day."""

from datetime import date

from services.indicators.domain.facts import FactOfMovement
from services.indicators.domain.indicators import Question, occupancy_series
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory
from tests.unit.indicators.stated_facts import KNOWN, known_since, march, march_days, movement_facts, question


def persons(
    facts: list[FactOfMovement], asked: Question, since: date = date(2026, 1, 1)
) -> list[float | None]:
    series = occupancy_series(facts, asked, known_since(since))
    return [day.figures.value for day in series.days]


def stay_from_2_to_4() -> PersonHistory:
    history = PersonHistory()
    history.admit("stay", at=march(2))
    history.discharge("stay", at=march(4))
    return history


def test_a_person_is_present_at_the_midnights_between_entry_and_exit() -> None:
    facts = movement_facts(stay_from_2_to_4().events)
    assert persons(facts, question(march_days(1, 5))) == [0, 1, 1, 0, 0]


def test_a_person_who_came_and_left_on_one_day_is_not_counted() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2, 8))
    history.discharge("stay", at=march(2, 18))
    assert persons(movement_facts(history.events), question(march_days(2, 2))) == [0]


def test_the_day_ends_at_midnight_in_paris() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2, 23, 30))  # half past midnight on the third, in Paris
    assert persons(movement_facts(history.events), question(march_days(2, 3))) == [0, 1]


def test_days_of_23_hours_end_at_their_own_midnight() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(29, 22, 30))  # summer time began: already the thirtieth
    assert persons(movement_facts(history.events), question(march_days(29, 30))) == [0, 1]


def test_two_stays_at_once_are_one_person() -> None:
    history = PersonHistory()
    history.admit("ward", at=march(2))
    history.admit("dialysis", at=march(2, 13))
    assert persons(movement_facts(history.events), question(march_days(2, 2))) == [1]


def test_a_stay_without_a_bed_is_not_in_the_census() -> None:
    history = PersonHistory()
    history.admit("dialysis", at=march(2), class_of_stay="recurring")
    assert persons(movement_facts(history.events), question(march_days(2, 3))) == [0, 0]


def test_a_change_of_class_counts_from_its_day_on_and_changes_no_day_before() -> None:
    day_hospital, kept = PersonHistory("Rose"), PersonHistory("Jean")
    day_hospital.admit("stay", at=march(2), class_of_stay="inpatient")
    day_hospital.transfer("stay", at=march(4), class_of_stay="outpatient")
    kept.admit("stay", at=march(2), class_of_stay="outpatient")
    kept.transfer("stay", at=march(4), class_of_stay="inpatient")
    asked = question(march_days(2, 5))
    assert persons(movement_facts(day_hospital.events), asked) == [1, 1, 0, 0]
    assert persons(movement_facts(kept.events), asked) == [0, 0, 1, 1]


def test_a_departure_planned_for_tomorrow_leaves_the_person_in_place_today() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2))
    history.discharge("stay", at=march(4), emitted=march(3, 9))
    facts = movement_facts(history.events)
    assert persons(facts, question(march_days(2, 4), as_of=march(3, 12))) == [1, 1, None]


def test_a_departure_to_another_establishment_ends_presence_and_a_move_inside_does_not() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2))
    history.transfer("stay", at=march(3), to=HOSPITAL)
    history.transfer("stay", at=march(4), to=REHABILITATION)
    assert persons(movement_facts(history.events), question(march_days(2, 4))) == [1, 1, 0]


def test_a_move_without_a_known_admission_counts_and_a_late_one_after_the_exit_does_not() -> None:
    unknown, late = PersonHistory("Unknown"), stay_from_2_to_4()
    unknown.transfer("stay", at=march(3))
    late.transfer("stay", at=march(4, 13))
    assert persons(movement_facts(unknown.events), question(march_days(2, 4))) == [0, 1, 1]
    assert persons(movement_facts(late.events), question(march_days(3, 5))) == [1, 0, 0]


def test_a_cancelled_discharge_brings_the_person_back_to_the_past_days() -> None:
    history = stay_from_2_to_4()
    history.cancel(history.events[-1], emitted=march(9))
    facts = movement_facts(history.events)
    assert persons(facts, question(march_days(2, 5), as_of=march(8))) == [1, 1, 0, 0]
    assert persons(facts, question(march_days(2, 5), as_of=march(10))) == [1, 1, 1, 1]


def test_an_update_corrects_the_past_whatever_came_first() -> None:
    history = stay_from_2_to_4()
    history.update(history.events[-1], emitted=march(9), occurred_at=march(3))
    facts = movement_facts(history.events)
    assert persons(facts, question(march_days(2, 4))) == [1, 0, 0]
    assert persons(facts[::-1], question(march_days(2, 4))) == [1, 0, 0]


def test_the_current_day_is_counted_now_and_a_future_day_is_not() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2, 8))
    history.discharge("stay", at=march(3, 18))
    series = occupancy_series(
        movement_facts(history.events),
        question(march_days(2, 4), as_of=march(3, 12)),
        known_since(date(2026, 3, 2)),
    )
    assert [day.figures.value for day in series.days] == [1, 1, None]
    assert [day.provisional for day in series.days] == [False, True, True]


def test_days_before_anything_was_known_have_no_count() -> None:
    facts = movement_facts(stay_from_2_to_4().events)
    assert persons(facts, question(march_days(1, 2)), since=date(2026, 3, 2)) == [None, 1]


def test_the_whole_period_is_the_mean_and_counts_its_evidence_once() -> None:
    facts = movement_facts(stay_from_2_to_4().events)
    series = occupancy_series(facts, question(march_days(2, 5)), KNOWN)
    assert series.whole.figures.value == 0.5
    assert (series.whole.figures.numerator, series.whole.figures.denominator) == (2, 4)
    assert (series.whole.events, series.days[0].events, series.days[3].events) == (2, 2, 0)
    assert series.whole.newest_recorded_at == max(fact.recorded_at for fact in facts)


def test_another_establishment_counts_for_itself() -> None:
    facts = movement_facts(stay_from_2_to_4().events)
    assert persons(facts, question(march_days(2, 3), establishment=REHABILITATION)) == [0, 0]
