"""Presences are read as they were lived, and what lies after a moment has not happened at it."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.stays import FOR_EVER, Stay, stays_of
from shared.testing.histories import person_histories, redeliveries
from shared.testing.person_history import REHABILITATION, PersonHistory, minutes


def only_stay(history: PersonHistory, at: datetime = FOR_EVER) -> Stay:
    (stay,) = stays_of(movement_histories(history.events), at=at)
    return stay


def spans(history: PersonHistory) -> list[tuple[datetime, datetime | None]]:
    return list(only_stay(history).presences.spans)


def test_a_readmission_within_a_stay_is_another_presence() -> None:
    rose = PersonHistory()
    for entry, leave in ((0, 60), (600, 660)):
        rose.admit("stay", at=minutes(entry))
        rose.discharge("stay", at=minutes(leave))
    assert spans(rose) == [(minutes(0), minutes(60)), (minutes(600), minutes(660))]


def test_a_move_inside_after_a_departure_is_a_return_and_after_a_discharge_is_none() -> None:
    back, gone = PersonHistory(), PersonHistory()
    for history in (back, gone):
        history.admit("stay", at=minutes(0))
    back.transfer("stay", at=minutes(60), to=REHABILITATION)
    gone.discharge("stay", at=minutes(60), to=REHABILITATION)
    for history in (back, gone):
        history.transfer("stay", at=minutes(120), unit="2101")
    assert spans(back) == [(minutes(0), minutes(60)), (minutes(120), None)]
    assert spans(gone) == [(minutes(0), minutes(60))]


def test_a_discharge_after_a_departure_closes_the_stay_and_moves_nothing() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.transfer("stay", at=minutes(60), to=REHABILITATION)
    rose.discharge("stay", at=minutes(900), to=REHABILITATION)
    assert spans(rose) == [(minutes(0), minutes(60))]
    assert only_stay(rose).presences.closed


def test_a_stay_known_by_its_discharge_only_ended_and_has_no_presence() -> None:
    rose = PersonHistory()
    rose.discharge("stay", at=minutes(60))
    stay = only_stay(rose)
    assert (stay.presences.spans, stay.ended_at, stay.has_admission) == ((), minutes(60), False)


def test_a_departure_of_tomorrow_leaves_the_person_in_place_today() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(1440), emitted=minutes(10))
    assert only_stay(rose, at=minutes(20)).is_present
    assert only_stay(rose, at=minutes(20)).ended_at is None
    assert not only_stay(rose, at=minutes(1440)).is_present


def test_a_stay_of_which_nothing_has_happened_is_planned() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(1440), emitted=minutes(0))
    stay = only_stay(rose, at=minutes(20))
    assert stay.planned
    assert not stay.is_present
    rose.cancel(admission)
    assert only_stay(rose, at=minutes(20)).cancelled


@given(data=st.data(), history=person_histories())
def test_order_and_repetition_change_no_stay(data: st.DataObject, history: list[RecordedEvent]) -> None:
    at = data.draw(st.integers(-600, 4000).map(minutes))
    again = data.draw(redeliveries(history))
    assert stays_of(movement_histories(again), at=at) == stays_of(movement_histories(history), at=at)


@given(history=person_histories(), at=st.integers(-600, 4000).map(minutes))
def test_presences_follow_one_another_and_lie_before_the_moment(
    history: list[RecordedEvent], at: datetime
) -> None:
    for stay in stays_of(movement_histories(history), at=at):
        ends = [moment for span in stay.presences.spans for moment in span if moment is not None]
        assert ends == sorted(ends)
        assert all(moment <= at for moment in ends)
