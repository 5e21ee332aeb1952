"""Whoever was not told because of newer news is owed what is true once that turns out not to be so."""

from shared.events.admission import Place
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes, movement_of
from tests.unit.notifications.circles import carer, verdicts

LEFT = ("carer", "discharge.occurred")
FROM_HOSPITAL = Place(mode="transfer", establishment=HOSPITAL)


def _moved_to_the_nursing_home() -> PersonHistory:
    rose = PersonHistory("Rose")
    rose.admit("stay", at=minutes(0))
    rose.admit("home", at=minutes(100), establishment=NURSING_HOME, origin=FROM_HOSPITAL)
    rose.discharge("stay", at=minutes(120))
    return rose


def test_a_cancelled_arrival_owes_the_leaving_again() -> None:
    rose = _moved_to_the_nursing_home()
    rose.cancel(rose.events[1], emitted=minutes(130))
    assert verdicts(rose.events, [carer()])[LEFT] == ["send", "send"]


def test_an_arrival_of_somebody_else_owes_the_leaving_again() -> None:
    rose = _moved_to_the_nursing_home()
    rose.hand_over(movement_of(rose.events[1]).movement_id, PersonHistory("Iris"))
    assert verdicts(rose.events, [carer()])[LEFT] == ["send", "send"]


def test_of_persons_who_are_one_nothing_is_owed_again() -> None:
    rose = _moved_to_the_nursing_home()
    rose.hand_over(movement_of(rose.events[1]).movement_id, PersonHistory("Iris"), reason="merged")
    assert verdicts(rose.events, [carer()])[LEFT] == ["send"]


def test_a_discharge_that_is_taken_back_owes_the_newest_of_what_stands_and_nothing_older() -> None:
    rose = PersonHistory("Rose")
    rose.admit("stay", at=minutes(0))
    rose.admit("home", at=minutes(100), establishment=NURSING_HOME, origin=FROM_HOSPITAL)
    foreign = rose.discharge("other", at=minutes(120))
    rose.hand_over(movement_of(foreign).movement_id, PersonHistory("Iris"))
    found = verdicts(rose.events, [carer()])
    assert found["carer", "transfer.arrived"] == ["send", "send"]
    assert found["carer", "admission.occurred"] == ["send", "newer_known"]


def test_who_joined_long_after_the_leaving_is_not_told_of_it() -> None:
    rose = _moved_to_the_nursing_home()
    rose.cancel(rose.events[1], emitted=minutes(3000))
    assert LEFT not in verdicts(rose.events, [carer(joined_at=minutes(2900))])
