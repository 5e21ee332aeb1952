"""A death ends the way and the leave that it interrupts; what is stated of life after it is marked."""

from collections.abc import Callable

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.rules import RULES
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    minutes,
    movement_of,
)
from tests.security.sight import places, seen

_MARKS = frozenset({"after_death", "after_death_elsewhere"})


def _on_the_way() -> PersonHistory:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("stay", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    return rose


def _statuses(rose: PersonHistory) -> list[tuple[str, float | None]]:
    return [
        (stay.status, None if stay.ended_at is None else (stay.ended_at - minutes(0)).total_seconds() / 60)
        for stay in fold(rose.events, RULES).stays
    ]


def _marks_of_last(rose: PersonHistory) -> tuple[str, ...]:
    last = movement_of(rose.events[-1]).movement_id
    return next(each.marks for each in fold(rose.events, RULES).movements if each.movement_id == last)


@pytest.mark.parametrize("by", [HOSPITAL, REHABILITATION, NURSING_HOME])
def test_who_dies_on_the_way_is_on_it_no_more(by: str) -> None:
    rose = _on_the_way()
    assert _statuses(rose) == [("on_the_way", 600)]
    death = rose.further("death", "stay" if by == HOSPITAL else "other", at=minutes(630), establishment=by)
    assert ("finished", 600) in _statuses(rose)
    shown = seen(rose.events, HOSPITAL, now=minutes(700))
    assert {stay.status for stay in shown.stays} == {"finished"}
    rose.cancel(death)
    assert ("on_the_way", 600) in _statuses(rose)


def test_the_destination_sees_where_who_died_on_the_way_came_from_for_30_days() -> None:
    rose = _on_the_way()
    rose.further("death", "stay", at=minutes(630), establishment=HOSPITAL)
    month = 30 * 24 * 60
    assert places(seen(rose.events, REHABILITATION, now=minutes(640))) == {HOSPITAL}
    assert places(seen(rose.events, REHABILITATION, now=minutes(630 + month - 1))) == {HOSPITAL}
    assert places(seen(rose.events, REHABILITATION, now=minutes(630 + month))) == set()
    assert not seen(rose.events, REHABILITATION, now=minutes(640)).expectations
    assert places(seen(rose.events, NURSING_HOME, now=minutes(640))) == set()


def test_who_dies_on_leave_is_on_leave_no_more_and_the_stay_goes_on_until_its_discharge() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("leave", "stay", at=minutes(60))
    rose.further("death", "stay", at=minutes(90))
    assert _statuses(rose) == [("in_progress", None)]


@pytest.mark.parametrize(
    ("lives_on", "marked"),
    [
        (lambda rose: rose.admit("other", at=minutes(700), establishment=NURSING_HOME), True),
        (lambda rose: rose.admit("stay", at=minutes(700), movement="again"), True),
        (lambda rose: rose.further("leave", "stay", at=minutes(700)), True),
        (lambda rose: rose.further("return", "stay", at=minutes(700)), True),
        (lambda rose: rose.further("planned_discharge", "stay", at=minutes(700)), True),
        (lambda rose: rose.transfer("stay", at=minutes(700), to=REHABILITATION), True),
        (lambda rose: rose.discharge("stay", at=minutes(700), to=REHABILITATION), True),
        (lambda rose: rose.transfer("stay", at=minutes(3000), unit="2102"), True),
        (lambda rose: rose.transfer("stay", at=minutes(700), unit="mortuary"), False),
        (lambda rose: rose.discharge("stay", at=minutes(700), mode="death"), False),
        (lambda rose: rose.discharge("stay", at=minutes(700)), False),
        (lambda rose: rose.admit("other", at=minutes(604), establishment=NURSING_HOME), False),
        (lambda rose: rose.admit("other", at=minutes(500), establishment=NURSING_HOME), False),
    ],
)
@pytest.mark.parametrize("as_discharge", [False, True])
def test_what_is_stated_of_life_after_a_death_is_marked(
    lives_on: Callable[[PersonHistory], object], marked: bool, as_discharge: bool
) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    death = (
        rose.discharge("stay", at=minutes(600), mode="death", movement="end")
        if as_discharge
        else rose.further("death", "stay", at=minutes(600))
    )
    lives_on(rose)
    found = not _MARKS.isdisjoint(_marks_of_last(rose))
    # A second discharge is the correction of the first one, death included.
    corrected = as_discharge and movement_of(rose.events[-1]).kind == "discharge"
    assert found is (marked and not corrected)
    rose.cancel(death)
    assert not [each for each in fold(rose.events, RULES).movements if not _MARKS.isdisjoint(each.marks)]


def test_a_stay_of_which_only_a_death_is_known_is_no_plan() -> None:
    rose = PersonHistory()
    rose.further("death", "stay", at=minutes(60))
    assert _statuses(rose) == [("finished", 60)]
    assert [stay.status for stay in seen(rose.events, HOSPITAL, now=minutes(70)).stays] == ["finished"]
    rose.admit("stay", at=minutes(0))
    assert _statuses(rose) == [("in_progress", None)]
