"""What is spelled otherwise, and means one thing only, refuses no fact and loses no detail."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.admission.api.movements import parse_movement
from shared.web.problems import Problem
from tests.unit.admission.bodies import CLINIC, HOSPITAL, encoded, identifier, movement

SPELLINGS = ["75 0000 002", " 750000002\n", "750\u00a0000\u00a0002", "\uff1750000002"]
LEAVES = {"kind": "transfer", "origin": None}


@pytest.mark.parametrize("written", SPELLINGS)
def test_an_establishment_is_the_same_in_every_spelling(written: str) -> None:
    assert parse_movement(encoded(movement(establishment=written))).movement.establishment == HOSPITAL


def test_a_destination_with_spaces_is_still_where_the_person_is_expected() -> None:
    to = {"mode": "transfer", "establishment": "92 0000 023"}
    parsed = parse_movement(encoded(movement(destination=to, **LEAVES)))
    assert parsed.movement.destination is not None
    assert (parsed.movement.destination.establishment, parsed.ignored) == (CLINIC, ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-02-28T24:00:00Z", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-12-31T24:00+00:00", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-03-01T10:05+01:00", datetime(2026, 3, 1, 9, 5, tzinfo=UTC)),
        ("2026-03-01T10:05:00Z ", datetime(2026, 3, 1, 10, 5, tzinfo=UTC)),
    ],
)
def test_a_time_that_means_one_moment_is_that_moment(written: str, meant: datetime) -> None:
    assert parse_movement(encoded(movement(occurred_at=written))).movement.occurred_at == meant


@pytest.mark.parametrize(
    "written", ["2026-03-01T10:05:00", "2026-03-01", "2026-03-01T24:30:00Z", "2026-02-30T24:00:00Z", "", 5]
)
def test_a_time_that_may_mean_several_moments_is_refused_with_its_pointer(written: Any) -> None:
    with pytest.raises(Problem) as refused:
        parse_movement(encoded(movement(occurred_at=written)))
    assert {error.pointer for error in refused.value.errors} == {"/occurred_at"}


def test_where_the_mode_is_not_in_our_list_the_establishment_is_still_known() -> None:
    to = {"mode": "SSR", "establishment": CLINIC}
    parsed = parse_movement(encoded(movement(destination=to, **LEAVES)))
    assert parsed.movement.destination is not None
    assert (parsed.movement.destination.establishment, parsed.movement.destination.mode) == (CLINIC, "other")
    assert parsed.ignored == ("/destination/mode",)


def test_of_a_long_list_of_numbers_the_first_are_read_and_the_others_pointed_at() -> None:
    parsed = parse_movement(encoded(movement(*(identifier(str(number)) for number in range(22)))))
    assert len(parsed.movement.person.identifiers) == 20
    assert parsed.ignored == ("/person/identifiers/20", "/person/identifiers/21")
