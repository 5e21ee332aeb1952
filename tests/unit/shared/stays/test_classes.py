"""A class is a fact from the movement that states it on, never of the whole stay."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from shared.events.admission import ClassOfStay
from shared.events.envelope import RecordedEvent
from shared.stays.movements import movement_histories
from shared.stays.stays import Stay, stays_of
from shared.testing.histories import person_histories, redeliveries
from shared.testing.person_history import PersonHistory, minutes

Spans = tuple[tuple[datetime, datetime | None], ...]


def beds(history: PersonHistory) -> Spans:
    (stay,) = stays_of(movement_histories(history.events))
    return stay.in_bed


def changing(first: ClassOfStay | None, then: ClassOfStay | None) -> PersonHistory:
    """Admitted, of another class after an hour, gone after two."""
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), class_of_stay=first)
    rose.transfer("stay", at=minutes(60), class_of_stay=then)
    rose.discharge("stay", at=minutes(120))
    return rose


def test_the_days_before_a_change_stay_what_they_were() -> None:
    assert beds(changing("inpatient", "outpatient")) == ((minutes(0), minutes(60)),)
    assert beds(changing("outpatient", "inpatient")) == ((minutes(60), minutes(120)),)


def test_what_was_said_of_no_class_before_the_first_one_is_of_that_class() -> None:
    assert beds(changing(None, "home")) == ()
    assert beds(changing(None, None)) == beds(changing("inpatient", None)) == ((minutes(0), minutes(120)),)


def test_a_corrected_class_holds_from_its_own_movement_on() -> None:
    rose = changing("inpatient", None)
    rose.update(rose.events[0], emitted=minutes(300), names=("class_of_stay",), class_of_stay="outpatient")
    assert beds(rose) == ()
    rose.update(rose.events[1], emitted=minutes(310), names=("class_of_stay",), class_of_stay="inpatient")
    assert beds(rose) == ((minutes(60), minutes(120)),)


def test_a_cancelled_change_changed_nothing() -> None:
    rose = changing("inpatient", "outpatient")
    rose.cancel(rose.events[1])
    assert beds(rose) == ((minutes(0), minutes(120)),)


def test_an_emergency_stay_ends_when_a_visit_becomes_a_stay_in_a_bed() -> None:
    rose = PersonHistory()
    rose.admit("visit", at=minutes(-600), class_of_stay="recurring")
    rose.admit("emergency", at=minutes(0), class_of_stay="emergency")
    kept = rose.transfer("visit", at=minutes(90), class_of_stay="inpatient")
    emergency = stays_of(movement_histories(rose.events))[1]
    assert emergency.ended_by_next_stay is not None
    assert (emergency.ended_at, emergency.ended_by_next_stay.event_id) == (minutes(90), kept.event_id)


@given(history=person_histories(), data=st.data())
def test_at_every_moment_the_class_is_the_newest_that_was_stated_by_then(
    history: list[RecordedEvent], data: st.DataObject
) -> None:
    moment = data.draw(st.integers(-600, 4000).map(minutes))
    again = data.draw(redeliveries(history))
    for stay in stays_of(movement_histories(again)):
        present = any(span.holds_at(moment) for span in stay.presences.spans)
        has_bed = class_at(stay, moment) not in ("outpatient", "recurring", "home", "telemonitoring")
        assert any(part.holds_at(moment) for part in stay.in_bed) == (present and has_bed)


def class_at(stay: Stay, moment: datetime) -> ClassOfStay | None:
    stated = [each for each in stay.movements if each.class_of_stay]
    by_then = [each for each in stated if each.occurred_at <= moment]
    return by_then[-1].class_of_stay if by_then else stated[0].class_of_stay if stated else None
