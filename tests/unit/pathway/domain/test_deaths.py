"""A death ends every wait that is open at its moment, and a cancelled one gives them back."""

from collections.abc import Callable
from datetime import datetime
from itertools import permutations

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.further.expectations import state_of
from services.pathway.domain.judgement import state_at
from services.pathway.domain.rules import RULES
from shared.events.admission import FurtherKind
from shared.events.envelope import RecordedEvent
from shared.stays.stays import FOR_EVER
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.unit.pathway.listener import Publisher

Stating = Callable[[PersonHistory, int], RecordedEvent]


def _dies(rose: PersonHistory, at: int) -> RecordedEvent:
    return rose.further("death", "stay", at=minutes(at))


def _dies_there(rose: PersonHistory, at: int) -> RecordedEvent:
    return rose.further("death", "there", at=minutes(at), establishment=REHABILITATION)


def _is_discharged_dead(rose: PersonHistory, at: int) -> RecordedEvent:
    return rose.discharge("stay", at=minutes(at), mode="death")


def _leaves(*, arrives: int | None = None) -> PersonHistory:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("stay", at=minutes(600), to=REHABILITATION)
    if arrives is not None:
        rose.admit("there", at=minutes(arrives), establishment=REHABILITATION)
    return rose


def _arrival(rose: PersonHistory, *, now: datetime = FOR_EVER) -> str:
    (wait,) = fold(rose.events, RULES, now=now).expectations
    return state_at(wait, now)


def _further(rose: PersonHistory, *, now: datetime = FOR_EVER) -> str:
    (wait,) = fold(rose.events, RULES, now=now).further_expectations
    return state_of(wait, overdue=now > wait.due_at)


@pytest.mark.parametrize("death", [_dies, _dies_there, _is_discharged_dead])
@pytest.mark.parametrize(
    ("at", "arrives", "state"),
    [
        (660, None, "withdrawn"),  # on the way
        (600, None, "withdrawn"),
        (540, None, "withdrawn"),  # it is the body that leaves
        (720, 660, "met"),
        (660, 660, "met"),
        (640, 660, "withdrawn"),
    ],
)
def test_an_arrival_is_awaited_until_the_death(
    death: Stating, at: int, arrives: int | None, state: str
) -> None:
    rose = _leaves(arrives=arrives)
    stated = death(rose, at)
    assert _arrival(rose) == state
    rose.cancel(stated)
    assert _arrival(rose) == ("met" if arrives else "overdue")


@pytest.mark.parametrize("death", [_dies, _dies_there, _is_discharged_dead])
@pytest.mark.parametrize("kind", ["leave", "planned_discharge", "planned_transfer", "planned_admission"])
def test_nothing_else_is_awaited_either(death: Stating, kind: FurtherKind) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    stay = "next" if kind == "planned_admission" else "stay"
    rose.further(kind, stay, at=minutes(600), expected_at=minutes(9000))
    stated = death(rose, 720)
    met = kind == "planned_discharge" and death is _is_discharged_dead
    ended = kind != "planned_admission" and death is _is_discharged_dead
    assert _further(rose) == ("met" if met else "ended" if ended else "withdrawn")
    rose.cancel(stated)
    assert _further(rose) == "overdue"


def test_what_comes_late_of_the_dead_ends_nothing_any_more() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(600), expected_at=minutes(900))
    _dies(rose, 720)
    rose.discharge("stay", at=minutes(800), mode="death")
    assert _further(rose) == "withdrawn"


def test_a_discharge_that_another_one_corrects_is_no_death() -> None:
    rose = _leaves()
    _is_discharged_dead(rose, 660)
    rose.discharge("stay", at=minutes(670))
    assert _arrival(rose) == "overdue"


def test_a_death_dated_ahead_ends_nothing_before_its_moment() -> None:
    rose = _leaves()
    rose.further("death", "stay", at=minutes(1000), emitted=minutes(610))
    assert _arrival(rose, now=minutes(800)) == "overdue"
    assert _arrival(rose, now=minutes(1000)) == "withdrawn"


def test_the_rupture_closes_and_opens_again_with_the_cancel() -> None:
    publisher, rose = Publisher(), _leaves()
    said = publisher.take_in(rose.events, now=minutes(601)) + publisher.take_in([], now=minutes(730))
    death = _dies(rose, 660)
    said += publisher.take_in([death], now=minutes(740))
    said += publisher.take_in([rose.cancel(death)], now=minutes(750))
    assert [type(event.data).__name__ for event in said] == [
        "ExpectationOpened",
        "RuptureOpened",
        "RuptureClosed",
        "ExpectationWithdrawn",
        "ExpectationOpened",
        "RuptureOpened",
    ]


def test_of_whom_the_death_was_known_before_the_departure_nothing_is_published() -> None:
    publisher, rose = Publisher(), PersonHistory()
    rose.admit("stay", at=minutes(0))
    _dies(rose, 540)
    rose.transfer("stay", at=minutes(600), to=REHABILITATION)
    assert publisher.take_in(rose.events, now=minutes(601)) == []
    assert publisher.take_in([], now=minutes(900)) == []


def test_the_order_in_which_all_that_comes_makes_no_difference() -> None:
    rose = _leaves()
    rose.further("leave", "stay", at=minutes(300), expected_at=minutes(400))
    rose.cancel(_dies(rose, 500))
    _dies_there(rose, 660)
    expected = fold(rose.events, RULES)
    assert [wait.withdrawn for wait in expected.expectations] == [True]
    assert all(fold(events, RULES) == expected for events in permutations(rose.events))
