"""Who was told something about the wrong person is told that it is not so; persons who are one are not."""

from shared.events.admission import ReassignmentReason
from shared.testing.person_history import HOSPITAL, PersonHistory, minutes, movement_of
from tests.unit.notifications.circles import sent, verdicts

TOLD_OF_ADMISSION = {(who, "admission.occurred") for who in ("carer", "330000002", "330000003")}


def _admitted_and_given_away(reason: ReassignmentReason) -> tuple[PersonHistory, PersonHistory]:
    rose, iris = PersonHistory("Rose"), PersonHistory("Iris")
    admitted = rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.hand_over(movement_of(admitted).movement_id, iris, reason=reason)
    return rose, iris


def test_a_movement_that_is_moved_is_taken_back_here_and_news_there() -> None:
    for reason in ("moved", "separated"):
        rose, iris = _admitted_and_given_away(reason)
        assert sent(rose.events) == {(who, "admission.occurred.retracted") for who, _ in TOLD_OF_ADMISSION}
        assert sent(iris.events) == TOLD_OF_ADMISSION


def test_of_a_person_who_is_merged_nothing_is_taken_back() -> None:
    rose, iris = _admitted_and_given_away("merged")
    assert sent(rose.events) == set()
    assert sent(iris.events) == TOLD_OF_ADMISSION


def test_what_comes_back_is_told_again_and_nothing_is_taken_back() -> None:
    rose, iris = _admitted_and_given_away("moved")
    iris.hand_over(movement_of(rose.events[0]).movement_id, rose)
    assert sent(rose.events) >= TOLD_OF_ADMISSION
    assert verdicts(rose.events)["carer", "admission.occurred.retracted"] == ["newer_version"]


def test_a_death_that_was_another_persons_silences_nobody() -> None:
    rose, iris = PersonHistory("Rose"), PersonHistory("Iris")
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    death = rose.discharge("stay", at=minutes(60), establishment=HOSPITAL, mode="death")
    assert sent(rose.events) == set()
    rose.hand_over(movement_of(death).movement_id, iris)
    assert sent(rose.events) >= TOLD_OF_ADMISSION
    assert sent(iris.events) == set()
