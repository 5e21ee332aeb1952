"""A statement that changes nothing, or not what it says, is marked, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from shared.events.admission import MovementCancelled, Place
from shared.events.envelope import RecordedEvent
from shared.stays.completions import completions
from shared.stays.doubts import doubts_of
from shared.stays.movements import history_of, history_with, movement_histories
from shared.testing.histories import person_histories, redeliveries
from shared.testing.person_history import PersonHistory, id_of, minutes, movement_of


def marks(history: PersonHistory) -> list[tuple[str, ...]]:
    """Of each event, in the order of receipt."""
    found = {
        event_id: marks
        for movement in movement_histories(history.events)
        for event_id, marks in doubts_of(movement).items()
    }
    return [tuple(sorted(found.get(event.event_id, ()))) for event in history.events]


def admitted(unit: str = "a") -> tuple[PersonHistory, RecordedEvent]:
    rose = PersonHistory()
    return rose, rose.admit("stay", at=minutes(0), unit=unit, emitted=minutes(10))


def test_a_correction_has_its_effect() -> None:
    rose, admission = admitted()
    rose.update(admission, emitted=minutes(20), unit="b")
    rose.cancel(admission, emitted=minutes(30))
    rose.repeat(admission, emitted=minutes(40))
    assert marks(rose) == [(), (), (), ()]


def test_what_says_the_same_again_changes_nothing() -> None:
    rose, admission = admitted()
    rose.repeat(admission, emitted=minutes(20))
    rose.update(admission, emitted=minutes(21), names=("unit",), unit="a")
    rose.cancel(admission, emitted=minutes(30))
    rose.cancel(admission, emitted=minutes(31))
    assert marks(rose) == [(), ("changes_nothing",), ("changes_nothing",), (), ("changes_nothing",)]


@pytest.mark.parametrize("names", [None, ("unit",)])
def test_a_correction_older_than_what_stands_is_outdated(names: tuple[str, ...] | None) -> None:
    rose, admission = admitted()
    rose.update(admission, emitted=minutes(5), unit="b", names=names)  # type: ignore[arg-type]
    assert marks(rose) == [(), ("outdated",)]


def test_an_older_update_of_another_field_has_its_effect() -> None:
    rose, admission = admitted()
    rose.update(admission, emitted=minutes(30), names=("unit",), unit="b")
    rose.update(admission, emitted=minutes(20), names=("origin",), origin=Place(mode="home"))
    assert marks(rose) == [(), (), ()]


def test_a_cancelled_movement_stated_under_an_older_emission_stays_cancelled() -> None:
    rose, admission = admitted()
    rose.cancel(admission, emitted=minutes(30))
    rose.update(admission, emitted=minutes(29), unit="b")
    rose.repeat(admission, emitted=minutes(12))
    assert marks(rose)[2:] == [("cancelled_already",), ("cancelled_already",)]


def test_a_cancel_older_than_what_stands_is_outdated() -> None:
    rose, admission = admitted()
    rose.cancel(admission, emitted=minutes(5))
    assert marks(rose) == [(), ("outdated",)]


def test_what_is_about_a_movement_that_nobody_inserted_is_marked_until_somebody_does() -> None:
    rose, admission = admitted()
    rose.update(admission, emitted=minutes(20), unit="b")
    rose.cancel(admission, emitted=minutes(30))
    whole = rose.events
    rose.events = whole[1:]
    assert marks(rose) == [("unknown_movement",), ("unknown_movement",)]
    rose.events = [*whole[1:], replace(whole[0], sequence=4)]
    assert marks(rose) == [(), (), ("cancelled_already",)]


def test_an_update_by_another_application_of_the_establishment_is_marked() -> None:
    rose, admission = admitted()
    rose.update(admission, emitted=minutes(20), unit="b", source_id=id_of("source", "pharmacy"))
    assert marks(rose) == [(), ("other_source",)]


def test_what_is_stated_again_under_another_person_is_not_marked() -> None:
    rose, admission = admitted()
    rose.record(replace(movement_of(admission), restates=admission.event_id))
    assert marks(rose) == [(), ()]


def test_what_names_another_patient_and_nothing_else_changes_whose_the_movement_is() -> None:
    rose, admission = admitted()
    moved = replace(movement_of(admission), reassigns=True)
    rose.record(replace(moved, emitted_at=minutes(20)))
    rose.cancel(admission, emitted=minutes(30))
    rose.record(replace(MovementCancelled(**asdict(moved)), emitted_at=minutes(31)))
    assert marks(rose) == [(), (), (), ()]


@given(data=st.data(), history=person_histories())
def test_order_and_repetition_change_no_mark(data: st.DataObject, history: list[RecordedEvent]) -> None:
    straight, again = PersonHistory(events=history), PersonHistory(events=data.draw(redeliveries(history)))
    assert dict(zip([each.event_id for each in again.events], marks(again), strict=True)) == dict(
        zip([each.event_id for each in straight.events], marks(straight), strict=True)
    )


@given(history=person_histories())
def test_a_movement_that_grows_is_the_movement_that_was_read_at_once(history: list[RecordedEvent]) -> None:
    for movement in movement_histories(history):
        first, *later = sorted(movement.statements, key=lambda each: each.sequence)
        grown = history_of([first])
        for statement in later:
            grown = history_with(grown, statement)
        assert grown == movement


def test_an_update_is_whole_once_something_earlier_is_known_of_its_movement() -> None:
    rose, admission = admitted()
    update = rose.update(admission, emitted=minutes(20), names=())
    assert [each.event for each in completions([update])] == [update]
    (whole,) = (each.event for each in completions([update, admission]) if each.event is not admission)
    assert (movement_of(whole).unit, whole.event_id) == ("a", update.event_id)
