"""A leave that says when the person is expected back is watched until it ends, whatever ends it."""

from collections.abc import Callable

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.further.expectations import state_of
from services.pathway.domain.pathway import FurtherExpectation
from services.pathway.domain.rules import RULES
from shared.events.admission import ClassOfStay
from shared.events.pathway import FurtherExpectationStated
from shared.testing.person_history import NURSING_HOME, REHABILITATION, PersonHistory, minutes
from tests.unit.pathway.listener import Publisher


def _on_leave() -> PersonHistory:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(60), expected_at=minutes(600))
    return rose


def _only(history: PersonHistory) -> FurtherExpectation:
    (found,) = fold(history.events, RULES).further_expectations
    return found


def test_the_return_is_expected_at_the_said_time_plus_a_grace() -> None:
    wait = _only(_on_leave())
    assert (wait.kind, wait.since, wait.due_at) == ("return", minutes(60), minutes(600) + RULES.return_grace)
    assert [state_of(wait, overdue=overdue) for overdue in (False, True)] == ["open", "overdue"]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda rose: rose.further("return", "stay", at=minutes(660)), "met"),
        (lambda rose: rose.further("return", "stay", at=minutes(661)), "met_late"),
        (lambda rose: rose.further("leave", "stay", at=minutes(500)), "met"),
        (lambda rose: rose.admit("stay", at=minutes(500), movement="again"), "met"),
        (lambda rose: rose.discharge("stay", at=minutes(500)), "ended"),
        (lambda rose: rose.transfer("stay", at=minutes(500), to=REHABILITATION), "ended"),
        (lambda rose: rose.cancel(rose.events[1]), "withdrawn"),
        (lambda rose: rose.transfer("stay", at=minutes(500), unit="2102"), "open"),
        (lambda rose: rose.admit("another number", at=minutes(500)), "met"),
        (lambda rose: rose.admit("another number", at=minutes(700)), "met_late"),
        (lambda rose: rose.admit("session", at=minutes(500), class_of_stay="recurring"), "open"),
        (lambda rose: rose.admit("third", at=minutes(500), establishment=NURSING_HOME), "ended"),
        (
            lambda rose: rose.admit(
                "third", at=minutes(500), establishment=NURSING_HOME, class_of_stay="telemonitoring"
            ),
            "open",
        ),
        (lambda rose: rose.admit("before", at=minutes(30), establishment=NURSING_HOME), "open"),
    ],
)
def test_what_ends_the_wait(end: Callable[[PersonHistory], object], state: str) -> None:
    rose = _on_leave()
    end(rose)
    assert state_of(_only(rose), overdue=False) == state


def test_who_came_back_after_a_stay_elsewhere_has_come_back() -> None:
    rose = _on_leave()
    rose.admit("third", at=minutes(500), establishment=NURSING_HOME)
    rose.further("return", "stay", at=minutes(900))
    assert state_of(_only(rose), overdue=True) == "met_late"


@pytest.mark.parametrize(
    ("first", "then", "state"),
    [("outpatient", "inpatient", "met"), (None, "outpatient", "open"), ("recurring", "home", "open")],
)
@pytest.mark.parametrize("began", [30, 400])
def test_who_is_given_a_bed_there_is_back_however_their_other_stay_began(
    first: ClassOfStay | None, then: ClassOfStay, state: str, began: int
) -> None:
    rose = _on_leave()
    rose.admit("visit", at=minutes(began), class_of_stay=first)
    rose.transfer("visit", at=minutes(500), class_of_stay=then)
    assert state_of(_only(rose), overdue=False) == state
    shown = next(stay for stay in fold(rose.events, RULES).stays if stay.started_at == minutes(0))
    assert shown.status == ("in_progress" if state == "met" else "on_leave")


def test_who_is_admitted_again_under_another_number_is_on_leave_no_more() -> None:
    rose = _on_leave()
    assert [stay.status for stay in fold(rose.events, RULES).stays] == ["on_leave"]
    rose.admit("third", at=minutes(400), establishment=NURSING_HOME)
    assert [stay.status for stay in fold(rose.events, RULES).stays] == ["on_leave", "in_progress"]
    rose.admit("another number", at=minutes(500))
    assert [stay.status for stay in fold(rose.events, RULES).stays] == ["in_progress"] * 3


def test_nothing_is_expected_of_a_leave_that_says_no_time_nor_before_a_planned_one() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(60))
    assert fold(rose.events, RULES).further_expectations == ()
    rose.further("leave", "stay", at=minutes(900), expected_at=minutes(1000))
    assert fold(rose.events, RULES, now=minutes(500)).further_expectations == ()


def test_a_return_before_its_leave_can_be_no_deadline() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(60), expected_at=minutes(30))
    found = fold(rose.events, RULES)
    assert found.further_expectations == ()
    assert found.movements[1].marks == ("unknown_deadline",)


def test_each_change_is_published_as_a_whole() -> None:
    publisher, rose = Publisher(), _on_leave()
    said = publisher.take_in(rose.events, now=minutes(61)) + publisher.take_in([], now=minutes(661))
    said += publisher.take_in([rose.further("return", "stay", at=minutes(700))], now=minutes(701))
    stated = [event.data for event in said if isinstance(event.data, FurtherExpectationStated)]
    assert [each.state for each in stated] == ["open", "overdue", "met_late"]
    assert stated[-1].ended_at == minutes(700)
    assert len({event.event_id for event in said}) == 3


def test_what_was_withdrawn_before_anybody_heard_of_it_is_recorded_as_what_was_published() -> None:
    live, made, rose = Publisher(), Publisher(), _on_leave()
    live.take_in(rose.events, now=minutes(61))
    cancel = rose.cancel(rose.events[1])
    live.take_in([cancel], now=minutes(63))
    assert made.take_in(rose.events, now=minutes(64)) == []
    assert made.take_in([], now=minutes(65)) == []
    assert [
        [(key, each.expectation, each.state) for key, each in publisher.further.items()]
        for publisher in (live, made)
    ] == [[(key, each.expectation, "withdrawn") for key, each in made.further.items()]] * 2
    again = made.take_in([rose.repeat(rose.events[1], emitted=minutes(70))], now=minutes(71))
    assert [each.state for each in made.further.values()] == ["open"]
    assert len(again) == 1


def test_a_later_deadline_takes_the_judgement_back() -> None:
    publisher, rose = Publisher(), _on_leave()
    publisher.take_in(rose.events, now=minutes(61))
    publisher.take_in([], now=minutes(661))
    later = rose.update(
        rose.events[1], emitted=minutes(670), expected_at=minutes(900), names=("expected_at",)
    )
    (said,) = publisher.take_in([later], now=minutes(671))
    assert isinstance(said.data, FurtherExpectationStated)
    assert said.data.state == "open"
