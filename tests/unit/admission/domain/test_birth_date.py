"""A birth date says as much as is known, and agrees with whatever could be the same day."""

import pytest

from services.admission.domain.birth_date import BirthDate, read_birth_date


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("1941", BirthDate(1941)),
        ("1941-05", BirthDate(1941, 5)),
        ("1941-00-00", BirthDate(1941)),
        ("1941-05-00", BirthDate(1941, 5)),
        ("1941-00-17", BirthDate(1941, 0, 17)),
        ("1940-02-29", BirthDate(1940, 2, 29)),
    ],
)
def test_unknown_parts_are_zero(written: str, known: BirthDate) -> None:
    assert read_birth_date(written) == known


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("1941-05-17", "1941-05-17", True),
        ("1941-05-17", "1941-05", True),
        ("1941-00-00", "1941-05-17", True),
        ("1941-05-17", "1941-05-18", False),
        ("1941-05", "1941-06-17", False),
        ("1941", "1942", False),
    ],
)
def test_dates_agree_when_both_can_be_one_day(one: str, other: str, *, agree: bool) -> None:
    assert read_birth_date(one).agrees_with(read_birth_date(other)) is agree
    assert read_birth_date(other).agrees_with(read_birth_date(one)) is agree
