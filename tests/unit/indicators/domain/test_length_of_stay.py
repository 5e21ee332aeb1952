"""The lengths of stays that ended are counted in midnights."""

from services.indicators.domain.indicators import length_of_stay_series
from shared.testing.person_history import REHABILITATION, PersonHistory
from tests.unit.indicators.stated_facts import KNOWN, march, march_days, movement_facts, question


def stayed(name: str, *, first: int, last: int) -> PersonHistory:
    history = PersonHistory(name)
    history.admit("stay", at=march(first))
    history.discharge("stay", at=march(last))
    return history


def test_a_stay_lasts_the_midnights_it_spans() -> None:
    short, long = stayed("Rose", first=2, last=2), stayed("Jean", first=2, last=6)
    series = length_of_stay_series(movement_facts(short.events + long.events), question(), KNOWN)
    assert series.whole.figures.value == 2
    assert (series.whole.figures.numerator, series.whole.figures.denominator) == (4, 2)
    assert series.whole.figures.details == {"median": 2, "p90": 4, "without_admission": 0}


def test_a_stay_belongs_to_the_day_on_which_it_ended() -> None:
    facts = movement_facts(stayed("Rose", first=2, last=6).events)
    series = length_of_stay_series(facts, question(march_days(5, 7)), KNOWN)
    assert [day.figures.denominator for day in series.days] == [0, 1, 0]
    assert [day.figures.value for day in series.days] == [None, 4, None]


def test_the_ninth_decile_is_a_length_that_occurred() -> None:
    histories = [stayed(f"person {days}", first=1, last=1 + days) for days in range(1, 11)]
    facts = movement_facts([event for history in histories for event in history.events])
    assert length_of_stay_series(facts, question(), KNOWN).whole.figures.details["p90"] == 9


def test_a_stay_without_known_admission_is_counted_apart() -> None:
    history = PersonHistory()
    history.transfer("stay", at=march(2))
    history.discharge("stay", at=march(4))
    figures = length_of_stay_series(movement_facts(history.events), question(), KNOWN).whole.figures
    assert (figures.value, figures.denominator, figures.details["without_admission"]) == (None, 0, 1)


def test_a_stay_known_only_by_its_discharge_is_counted_apart() -> None:
    history = PersonHistory()
    history.discharge("stay", at=march(4))
    figures = length_of_stay_series(movement_facts(history.events), question(), KNOWN).whole.figures
    assert (figures.value, figures.denominator, figures.details["without_admission"]) == (None, 0, 1)


def test_a_stay_known_only_by_a_death_ended_and_is_counted_apart() -> None:
    history = PersonHistory()
    history.further("death", "stay", at=march(4))
    series = length_of_stay_series(movement_facts(history.events), question(), KNOWN)
    assert (series.whole.figures.denominator, series.whole.figures.details["without_admission"]) == (0, 1)
    history.admit("stay", at=march(2))
    series = length_of_stay_series(movement_facts(history.events), question(), KNOWN)
    assert series.whole.figures.details["without_admission"] == 0


def test_a_death_before_the_papers_of_the_admission_ended_the_stay() -> None:
    history = PersonHistory()
    history.discharge("stay", at=march(4, 2), mode="death")
    history.admit("stay", at=march(4, 9))
    figures = length_of_stay_series(movement_facts(history.events), question(), KNOWN).whole.figures
    assert (figures.value, figures.denominator, figures.details["without_admission"]) == (0, 1, 0)


def test_a_stay_without_a_bed_has_no_length() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2), class_of_stay="home")
    history.discharge("stay", at=march(9))
    assert (
        length_of_stay_series(movement_facts(history.events), question(), KNOWN).whole.figures.denominator
        == 0
    )


def test_only_the_nights_in_a_bed_count_and_the_stay_ends_with_the_bed() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=march(2), class_of_stay="outpatient")
    rose.transfer("stay", at=march(4), class_of_stay="inpatient")
    rose.transfer("stay", at=march(7), class_of_stay="recurring")
    rose.discharge("stay", at=march(20))
    series = length_of_stay_series(movement_facts(rose.events), question(march_days(7, 20)), KNOWN)
    assert [day.figures.value for day in series.days] == [3, *[None] * 13]


def test_a_stay_ends_at_the_departure_also_when_a_discharge_follows() -> None:
    history = PersonHistory()
    history.admit("stay", at=march(2))
    history.transfer("stay", at=march(4), to=REHABILITATION)
    history.discharge("stay", at=march(6), to=REHABILITATION)
    assert length_of_stay_series(movement_facts(history.events), question(), KNOWN).whole.figures.value == 2


def test_time_between_two_presences_of_one_stay_is_not_part_of_it() -> None:
    history = PersonHistory()
    for entry, leave in ((2, 4), (10, 11)):
        history.admit("stay", at=march(entry))
        history.discharge("stay", at=march(leave))
    figures = length_of_stay_series(movement_facts(history.events), question(), KNOWN).whole.figures
    assert (figures.value, figures.denominator) == (3, 1)


def test_a_stay_that_goes_on_or_ends_in_the_future_is_not_counted() -> None:
    history = stayed("Rose", first=2, last=6)
    history.admit("second", at=march(7))
    facts = movement_facts(history.events)
    assert length_of_stay_series(facts, question(as_of=march(5)), KNOWN).whole.figures.denominator == 0
    assert length_of_stay_series(facts, question(as_of=march(31)), KNOWN).whole.figures.denominator == 1


def test_an_emergency_stay_lasts_until_the_next_stay_there_begins_and_rests_on_it() -> None:
    history = PersonHistory()
    history.admit("emergency", at=march(2), class_of_stay="emergency")
    admission = history.admit("ward", at=march(3))
    history.discharge("ward", at=march(7))
    series = length_of_stay_series(movement_facts(history.events), question(march_days(3, 7)), KNOWN)
    assert [day.figures.value for day in series.days] == [1, None, None, None, 4]
    assert (series.days[0].events, series.days[0].newest_recorded_at) == (2, admission.recorded_at)
