"""A doubtful movement is accepted, and marked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.authorities import INS_NIR
from services.admission.domain.checks import mark_movement
from services.admission.domain.identities.statement import PairStatement, TraitsStatement, marks_of_numbers
from tests.unit.admission.bodies import encoded, identifier, movement

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TOLERANCE = timedelta(seconds=300)
FUTURE = [("occurred_at", "future_time"), ("emitted_at", "emitted_in_future")]


def marks(**other: Any) -> tuple[str, ...]:
    return mark_movement(parse_movement(encoded(movement(**other))).movement, now=NOW, tolerance=TOLERANCE)


def test_an_ordinary_movement_has_none() -> None:
    assert marks() == ()


@pytest.mark.parametrize(
    ("field", "mark"), [("occurred_at", "future_time"), ("emitted_at", "emitted_in_future")]
)
def test_a_time_beyond_the_tolerance_is_marked(field: str, mark: str) -> None:
    assert marks(**{field: (NOW + TOLERANCE).isoformat()}) == ()
    assert marks(**{field: (NOW + TOLERANCE + timedelta(seconds=1)).isoformat()}) == (mark,)


@pytest.mark.parametrize(
    "other",
    [
        {"occurred_at": "1900-01-01T00:00:00Z"},
        {"occurred_at": "1970-01-01T00:00:00Z"},
        {"emitted_at": "1970-01-01T00:00:01Z"},
        {"occurred_at": "1940-06-01T10:00:00Z"},
    ],
)
def test_a_moment_that_programs_fill_in_or_before_the_birth_is_marked(other: dict[str, Any]) -> None:
    assert marks(**other) == ("implausible_time",)


@pytest.mark.parametrize(
    ("birth_date", "found"),
    [
        ("2026-03-01", ()),
        ("2026-03-02", ()),
        ("2026-03-03", ("implausible_time",)),
        ("2026-00-00", ()),
        ("2027", ("implausible_time",)),
        ("2026-04", ("implausible_time",)),
    ],
)
def test_nobody_is_admitted_before_birth(birth_date: str, found: tuple[str, ...]) -> None:
    body = movement()
    body["person"]["traits"]["birth_date"] = birth_date
    assert mark_movement(parse_movement(encoded(body)).movement, now=NOW, tolerance=TOLERANCE) == found


def test_a_plan_of_more_than_a_year_is_marked_as_such_too() -> None:
    assert marks(occurred_at="2026-09-01T10:00:00Z") == ("future_time",)
    assert marks(occurred_at="2028-03-01T10:00:00Z") == ("future_time", "implausible_time")


@pytest.mark.parametrize(
    "other",
    [
        {"establishment": "750000009"},
        {"origin": {"mode": "transfer", "establishment": "920000020"}},
        {
            "kind": "transfer",
            "origin": None,
            "destination": {"mode": "transfer", "establishment": "92000002X"},
        },
    ],
)
def test_a_wrong_key_of_any_establishment_is_marked(other: dict[str, Any]) -> None:
    assert marks(**other) == ("finess_key_invalid",)


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([identifier("255081416802538", INS_NIR)], ()),
        ([identifier("2550814168025", INS_NIR)], ()),
        ([identifier("2 55 08 2A 168 025 97", INS_NIR)], ()),
        ([identifier("255081416802500", INS_NIR)], ("ins_key_invalid",)),
        ([identifier("255081416806397", INS_NIR)], ()),
        ([identifier("255081416806300", INS_NIR)], ("ins_key_invalid",)),
        (
            [identifier("1", "IPP"), identifier("255081416802539", f"INS-NIR&{INS_NIR}&ISO")],
            ("ins_key_invalid",),
        ),
        ([identifier("000000000000000", INS_NIR)], ()),
        ([identifier("255081416802500", "IPP")], ()),
        ([identifier("1", "IPP"), identifier("255081416802500", INS_NIR) | {"type": "NH"}], ()),
    ],
)
def test_a_wrong_key_of_an_ins_is_marked(numbers: list[dict[str, str]], found: tuple[str, ...]) -> None:
    assert marks(person={"identifiers": numbers}) == found


@pytest.mark.parametrize("of", ["surviving", "merged"])
def test_a_wrong_key_of_an_ins_is_marked_in_statements_about_identities_too(of: str) -> None:
    stated = {"surviving": identifier("1", "IPP"), "merged": identifier("2", "IPP")}
    body = {"source_event_id": "1", "establishment": "750000002", "emitted_at": NOW}
    pair = msgspec.convert(body | stated | {of: identifier("255081416802500", INS_NIR)}, PairStatement)
    assert marks_of_numbers(pair) == ("ins_key_invalid",)
    person = {"identifiers": [identifier("255081416802500", INS_NIR)]}
    assert marks_of_numbers(msgspec.convert(body | {"person": person}, TraitsStatement)) == (
        "ins_key_invalid",
    )
    assert marks_of_numbers(msgspec.convert(body | stated, PairStatement)) == ()
