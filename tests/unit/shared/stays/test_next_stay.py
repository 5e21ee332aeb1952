"""An emergency stay whose end nobody states ends when the person's next stay there begins."""

from datetime import datetime

import pytest
from hypothesis import given, settings

from shared.events.admission import ClassOfStay
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.stays import FOR_EVER, Stay, stays_of
from shared.testing.histories import person_histories
from shared.testing.person_history import REHABILITATION, PersonHistory, minutes, movement_of


def _stays(history: PersonHistory, *, at: datetime = FOR_EVER) -> list[Stay]:
    return stays_of(movement_histories(history.events), at=at)


def _ends(history: PersonHistory, *, at: datetime = FOR_EVER) -> list[datetime | None]:
    return [stay.ended_at for stay in _stays(history, at=at)]


def _emergency(name: str = "Rose") -> PersonHistory:
    history = PersonHistory(name)
    history.admit("emergency", at=minutes(0), class_of_stay="emergency")
    return history


@pytest.mark.parametrize("class_of_stay", ["inpatient", "emergency"])
def test_it_ends_when_the_next_stay_begins(class_of_stay: ClassOfStay) -> None:
    rose = _emergency()
    rose.admit("ward", at=minutes(90), class_of_stay=class_of_stay)
    first, second = _stays(rose)
    assert first.presences.spans == ((minutes(0), minutes(90)),)
    assert (first.ended_at, first.is_present) == (minutes(90), False)
    assert first.ended_by_next_stay == second.start
    assert (second.ended_at, second.ended_by_next_stay) == (None, None)
    assert _ends(rose, at=minutes(60)) == [None, None]  # the ward is a plan


@pytest.mark.parametrize("class_of_stay", ["outpatient", "recurring", "home", "telemonitoring", None])
def test_a_stay_that_does_not_keep_the_person_ends_nothing(class_of_stay: ClassOfStay | None) -> None:
    rose = _emergency()
    rose.admit("visit", at=minutes(90), class_of_stay=class_of_stay)
    assert _ends(rose) == [None, None]


def test_only_a_later_beginning_that_is_known_in_the_same_establishment_ends_it() -> None:
    elsewhere, together, unknown, returning = (_emergency() for _ in range(4))
    elsewhere.admit("ward", at=minutes(90), establishment=REHABILITATION)
    together.admit("ward", at=minutes(0))
    unknown.transfer("ward", at=minutes(90), unit="2101")
    returning.admit("ward", at=minutes(90))
    returning.transfer("emergency", at=minutes(120), unit="2101")
    for history in (elsewhere, together, unknown, returning):
        assert _ends(history) == [None, None]


def test_each_of_several_ends_with_the_one_after_it_and_an_inpatient_stay_with_none() -> None:
    rose = _emergency()
    rose.admit("again", at=minutes(30), class_of_stay="emergency")
    rose.admit("ward", at=minutes(90))
    rose.admit("other ward", at=minutes(600))
    assert _ends(rose) == [minutes(30), minutes(90), None, None]


def test_it_ends_when_a_stay_that_kept_the_person_before_keeps_them_again() -> None:
    changed, readmitted = PersonHistory("Rose"), PersonHistory("Jean")
    for history in (changed, readmitted):
        history.admit("ward", at=minutes(-600))
        history.admit("emergency", at=minutes(0), class_of_stay="emergency")
    changed.transfer("ward", at=minutes(-300), class_of_stay="outpatient")
    changed.transfer("ward", at=minutes(90), class_of_stay="inpatient")
    readmitted.discharge("ward", at=minutes(-300))
    readmitted.admit("ward", at=minutes(90))
    for history in (changed, readmitted):
        assert _ends(history) == [None, minutes(90)]


def test_an_end_that_is_stated_stands_and_who_was_kept_is_still_there() -> None:
    discharged, kept = _emergency(), _emergency()
    discharged.discharge("emergency", at=minutes(120))
    kept.admit("emergency", at=minutes(60), class_of_stay="inpatient")
    for history in (discharged, kept):
        history.admit("ward", at=minutes(90))
    assert _ends(discharged) == [minutes(120), None]
    assert _ends(kept) == [None, None]


def test_it_is_open_again_when_the_next_stay_is_taken_back() -> None:
    cancelled, reassigned = _emergency("Rose"), _emergency("Jean")
    ward = cancelled.admit("ward", at=minutes(90))
    cancelled.cancel(ward)
    assert [stay.is_present for stay in _stays(cancelled)] == [True, False]
    movement_id = movement_of(reassigned.admit("ward", at=minutes(90))).movement_id
    reassigned.hand_over(movement_id, PersonHistory("Paul"))
    assert [stay.is_present for stay in _stays(reassigned)] == [True]


def test_who_is_merged_left_the_emergency_of_the_provisional_number() -> None:
    provisional, rose = _emergency("Unknown"), PersonHistory("Rose")
    rose.admit("ward", at=minutes(90))
    for movement_id in {movement_of(event).movement_id for event in provisional.events}:
        provisional.hand_over(movement_id, rose, reason="merged")
    assert _ends(rose) == [minutes(90), None]
    assert _stays(provisional) == []


@settings(max_examples=40)
@given(history=person_histories())
def test_only_emergency_stays_end_so_and_with_the_beginning_of_another(history: list[RecordedEvent]) -> None:
    stays = stays_of(movement_histories(history))
    for stay in stays:
        if stay.ended_by_next_stay is not None:
            assert stay.class_of_stay == "emergency"
            assert stay.presences.left_by is None
            assert stay.ended_at == stay.presences.spans[-1].ended_at
            assert any(stay.ended_by_next_stay in other.movements for other in stays if other is not stay)
