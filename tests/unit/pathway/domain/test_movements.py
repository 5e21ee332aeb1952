"""Historic movement management is followed, by the examples of IHE PAM and of real feeds."""

from datetime import UTC, datetime

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import MovementState
from services.pathway.domain.rules import RULES
from shared.events.admission import Movement
from shared.testing.person_history import REHABILITATION, PersonHistory, minutes, movement_of


def test_a_forgotten_movement_goes_to_its_place_in_the_past() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(600))
    rose.transfer("stay", at=minutes(210), unit="intensive care", emitted=minutes(700))
    pathway = fold(rose.events, RULES)
    assert [movement.kind for movement in pathway.movements] == ["admission", "transfer", "discharge"]
    assert pathway.stays[0].status == "finished"
    assert pathway.stays[0].marks == ()


def test_a_movement_cancelled_in_the_past_leaves_the_others_standing() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), unit="emergency")
    transfer = rose.transfer("stay", at=minutes(60), unit="surgery")
    rose.discharge("stay", at=minutes(600))
    rose.cancel(transfer, emitted=minutes(700))
    pathway = fold(rose.events, RULES)
    assert [movement.cancelled for movement in pathway.movements] == [False, True, False]
    assert pathway.stays[0].unit == "emergency"
    assert pathway.stays[0].ended_at == minutes(600)


def test_an_insert_that_comes_again_replaces_the_first() -> None:
    rose = PersonHistory()
    first = rose.admit("stay", at=minutes(0))
    rose.repeat(first, emitted=minutes(2), occurred_at=minutes(-5))
    pathway = fold(rose.events, RULES)
    (movement,) = pathway.movements
    assert movement.occurred_at == minutes(-5)
    assert movement.corrected
    assert movement.marks == ()


def test_saying_the_same_again_corrects_nothing() -> None:
    rose = PersonHistory()
    rose.repeat(rose.admit("stay", at=minutes(0)), emitted=minutes(2))
    assert not fold(rose.events, RULES).movements[0].corrected


def test_the_newest_content_by_emission_wins_and_a_tie_goes_to_the_later_sequence() -> None:
    rose = PersonHistory()
    first = rose.admit("stay", at=minutes(0), unit="a", emitted=minutes(10))
    rose.update(first, emitted=minutes(10), unit="b")
    rose.update(first, emitted=minutes(9), unit="c")
    assert fold(rose.events, RULES).movements[0].unit == "b"


def test_a_whole_stay_cancelled_in_reverse_order_is_cancelled() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    discharge = rose.discharge("stay", at=minutes(600))
    rose.cancel(discharge, emitted=minutes(700))
    assert fold(rose.events, RULES).stays[0].status == "in_progress"
    rose.cancel(admission, emitted=minutes(701))
    pathway = fold(rose.events, RULES)
    assert pathway.stays[0].status == "cancelled"
    assert pathway.stays[0].marks == ()


def test_a_cancel_holds_when_the_insert_comes_later_under_an_older_emission() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    cancel = rose.cancel(admission, emitted=minutes(5))
    update = rose.update(admission, emitted=minutes(4), unit="a")
    alone = fold([cancel], RULES)
    assert alone.movements[0].cancelled
    pathway = fold([cancel, update, admission], RULES)
    assert pathway.movements[0].cancelled
    assert pathway.movements[0].unit == "a"


def test_a_cancelled_movement_that_is_stated_again_later_took_place() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    rose.cancel(admission, emitted=minutes(5))
    rose.repeat(admission, emitted=minutes(6), unit="a")
    assert not fold(rose.events, RULES).movements[0].cancelled
    rose.cancel(admission, emitted=minutes(7))
    assert fold(rose.events, RULES).stays[0].status == "cancelled"


def test_an_update_before_its_insert_is_the_content_already() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0))
    update = rose.update(admission, emitted=minutes(60), occurred_at=minutes(-30))
    for events in ([update], [update, admission]):
        assert fold(events, RULES).stays[0].started_at == minutes(-30)


def test_an_update_changes_what_it_names_and_leaves_the_rest() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), unit="a")
    departure = rose.discharge("stay", at=minutes(60), to=REHABILITATION)
    rose.update(departure, emitted=minutes(70), names=(), occurred_at=minutes(65))
    pathway = fold(rose.events, RULES)
    assert pathway.movements[1].destination == movement_of(departure).destination
    assert [expected.departed_at for expected in pathway.expectations if not expected.withdrawn] == [
        minutes(65)
    ]


def test_an_update_deletes_what_it_names_as_empty() -> None:
    rose = PersonHistory()
    departure = rose.transfer("stay", at=minutes(60), to=REHABILITATION, unit="a")
    rose.update(departure, emitted=minutes(70), names=("destination",), destination=None)
    (movement,) = fold(rose.events, RULES).movements
    assert (movement.destination, movement.unit) == (None, "a")


def test_updates_of_two_fields_both_have_their_effect_in_any_order() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0), unit="a")
    rose.update(admission, emitted=minutes(9), names=("class_of_stay",), class_of_stay="home")
    rose.update(admission, emitted=minutes(7), names=("unit",), unit="b")
    for events in (rose.events, rose.events[::-1]):
        (movement,) = fold(events, RULES).movements
        assert (movement.unit, movement.class_of_stay) == ("b", "home")


def test_an_update_that_comes_before_its_insert_is_completed_by_it() -> None:
    rose = PersonHistory()
    admission = rose.admit("stay", at=minutes(0), unit="a")
    update = rose.update(admission, emitted=minutes(9), names=("class_of_stay",), class_of_stay="home")
    assert fold([update], RULES).movements[0].unit is None
    assert fold([update, admission], RULES).movements[0].unit == "a"


def test_a_clock_far_ahead_hides_no_later_correction() -> None:
    rose = PersonHistory()
    wrong = datetime(2099, 1, 1, tzinfo=UTC)
    admission = rose.admit("stay", at=minutes(0), unit="a")
    rose.update(admission, emitted=wrong, unit="b", ordered_at=minutes(10))
    rose.update(admission, emitted=minutes(11), unit="c")
    assert fold(rose.events, RULES).movements[0].unit == "c"


def test_entry_comes_before_exit_when_both_bear_the_same_time() -> None:
    rose = PersonHistory()
    rose.discharge("stay", at=minutes(0))
    rose.transfer("stay", at=minutes(0))
    rose.admit("stay", at=minutes(0))
    pathway = fold(rose.events, RULES)
    assert [movement.kind for movement in pathway.movements] == ["admission", "transfer", "discharge"]
    assert pathway.stays[0].marks == ()


def test_a_movement_is_shown_with_its_whole_content() -> None:
    rose = PersonHistory()
    event = rose.transfer("stay", at=minutes(0), unit="surgery", to=REHABILITATION, expected_at=minutes(60))
    movement = movement_of(event)
    (shown,) = fold(rose.events, RULES).movements
    for field in set(MovementState.__struct_fields__) & set(Movement.__struct_fields__):
        assert getattr(shown, field) == getattr(movement, field), field
    assert shown.recorded_at == event.recorded_at
    assert (shown.corrected, shown.cancelled, shown.planned) == (False, False, False)
    assert shown.marks == ("unknown_stay",)
