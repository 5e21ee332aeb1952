"""Public holidays are those of the law, and more of them in some places."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.admission.domain.rhythm.holidays import easter_of, holidays
from services.admission.domain.rhythm.week import SUNDAY, Place, week_hour

COMMON = {(1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


@pytest.mark.parametrize(
    ("commune", "more"),
    [
        ("", set()),
        ("75056", set()),
        ("67482", {(4, 3), (12, 26)}),
        ("97105", {(5, 27)}),
        ("97209", {(5, 22)}),
        ("97302", {(6, 10)}),
        ("97411", {(12, 20)}),
        ("97608", {(4, 27)}),
        ("97701", {(10, 9)}),
        ("97801", {(5, 28)}),
    ],
)
def test_each_place_has_its_holidays(commune: str, more: set[tuple[int, int]]) -> None:
    assert {(day.month, day.day) for day in holidays(2026, commune)} == COMMON | more


@pytest.mark.parametrize(
    "easter", [date(2000, 4, 23), date(2008, 3, 23), date(2024, 3, 31), date(2026, 4, 5), date(2038, 4, 25)]
)
def test_easter_is_where_the_church_has_it(easter: date) -> None:
    assert easter_of(easter.year) == easter


def test_a_holiday_is_lived_as_a_sunday_in_its_own_zone() -> None:
    moment = datetime(2026, 7, 14, 22, 30, tzinfo=ZoneInfo("UTC"))
    assert week_hour(moment, Place(ZoneInfo("Europe/Paris"))) == (2, 0)
    assert week_hour(moment, Place(ZoneInfo("America/Cayenne"))) == (SUNDAY, 19)
