"""A detail that cannot be read never refuses the fact: it is left out, and its pointer is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.api.movements import parse_movement
from services.admission.domain.authorities import INS_NIR
from services.admission.domain.submission import content_sha256
from shared.web.problems import Problem
from tests.unit.admission.bodies import CLINIC, encoded, identifier, movement

TRANSFER = {"kind": "transfer", "origin": None}
WORTHLESS = ["", " ", "line\nbreak", "x" * 300, 5, [], {}, True, "nul\0"]
DETAILS = [
    "unit",
    "class_of_stay",
    "origin",
    "origin/mode",
    "origin/establishment",
    "person/traits",
    "person/traits/birth_name",
    "person/traits/given_names",
    "person/traits/birth_date",
    "person/traits/sex",
    "person/traits/used_name",
    "person/traits/birth_place_code",
    "person/identifiers/1",
    "person/identifiers/1/authority",
    "person/identifiers/1/value",
    "person/identifiers/1/type",
]


@pytest.fixture(params=DETAILS)
def place(request: pytest.FixtureRequest) -> list[str]:
    return str(request.param).split("/")


def traits(**other: Any) -> dict[str, Any]:
    return {
        "birth_name": "MARTIN",
        "given_names": ["Jeanne"],
        "birth_date": "1941-05-17",
        "sex": "female",
    } | other


def of_person(*numbers: dict[str, str], **other: Any) -> dict[str, Any]:
    return movement(person={"identifiers": list(numbers) or [identifier("1")], "traits": traits(**other)})


@pytest.mark.parametrize("worth", WORTHLESS, ids=repr)
def test_whatever_stands_in_a_detail_the_fact_is_accepted(place: list[str], worth: Any) -> None:
    body = of_person(identifier("1"), identifier("2"))
    *path, last = place
    parent: Any = body
    for step in path:
        parent = parent[int(step)] if isinstance(parent, list) else parent[step]
    if isinstance(parent, list):
        parent[int(last)] = worth
    else:
        parent[last] = worth
    parsed = parse_movement(encoded(body))
    assert parsed.movement.kind == "admission"
    assert parsed.movement.person.identifiers[0].value == "1"
    assert all(
        "/".join(place).startswith(each[1:]) or each[1:].startswith("/".join(place))
        for each in parsed.ignored
    )


@pytest.mark.parametrize(
    ("stated", "pointer"),
    [
        (movement(unit="x" * 61), "/unit"),
        (movement(class_of_stay="day hospital"), "/class_of_stay"),
        (movement(origin={"mode": "death"}), "/origin"),
        (movement(origin={"establishment": CLINIC}), "/origin/mode"),
        (movement(origin={"mode": "transfer", "establishment": "92"}), "/origin/establishment"),
        (movement(kind="discharge"), "/origin"),
        (movement(destination={"mode": "home"}), "/destination"),
        (movement(**TRANSFER, destination={"mode": "birth"}), "/destination"),
        (
            movement(**TRANSFER, destination={"mode": "home", "expected_at": "tomorrow"}),
            "/destination/expected_at",
        ),
        (
            movement(**TRANSFER, destination={"mode": "home", "expected_at": "9999-12-31T23:59:59-12:00"}),
            "/destination/expected_at",
        ),
        (
            movement(**TRANSFER, destination={"mode": "home", "expected_at": "9999-12-31T00:00:00Z"}),
            "/destination/expected_at",
        ),
        (
            movement(kind="leave", origin=None, expected_at="9999-12-31T00:00:00Z"),
            "/expected_at",
        ),
        (
            movement(kind="discharge", origin=None, destination={"mode": "death", "establishment": CLINIC}),
            "/destination/establishment",
        ),
        (of_person(sex="F"), "/person/traits/sex"),
        (of_person(birth_date="17/05/1941"), "/person/traits/birth_date"),
        (of_person(birth_date="1941-13-01"), "/person/traits/birth_date"),
        (of_person(birth_date="1941-02-30"), "/person/traits/birth_date"),
        (of_person(given_names=[""]), "/person/traits/given_names"),
        (of_person(identifier("1"), identifier("27005", INS_NIR)), "/person/identifiers/1"),
    ],
)
def test_a_detail_that_cannot_be_read_is_left_out_and_pointed_at(
    stated: dict[str, Any], pointer: str
) -> None:
    parsed = parse_movement(encoded(stated))
    assert parsed.ignored == (pointer,)


@pytest.mark.parametrize(
    ("written", "sent", "pointers"),
    [
        (b"MARTIN", rb"MARTIN \ud83d", ("/person/traits/birth_name",)),
        (b"MARTIN", "MARTIN \ud83d".encode("utf-8", "surrogatepass"), ("/person/traits/birth_name",)),
        (b"MARTIN", "\ud83d\ude00".encode("utf-8", "surrogatepass"), ()),
        (b"MARTIN", b"MAR\nTIN", ("/person/traits/birth_name",)),
        (b'"1941-05-17"', b"NaN", ("/person/traits/birth_date",)),
        (b'"1941-05-17"', b"1e999", ("/person/traits/birth_date",)),
        (b'"traits"', rb'"weight": NaN, "note": "\udc00", "\ud83d": 1, "traits"', ()),
        (b'"traits"', b'"note": "line\nbreak", "traits"', ()),
    ],
)
def test_what_no_strict_reader_takes_in_a_detail_is_left_out_and_pointed_at(
    written: bytes, sent: bytes, pointers: tuple[str, ...]
) -> None:
    body = encoded(of_person()).replace(written, sent)
    parsed = parse_movement(body)
    assert parsed.ignored == pointers
    assert content_sha256(parsed.body)


def test_what_the_fact_needs_is_refused_where_half_a_character_stands() -> None:
    body = encoded(of_person(sex="F")).replace(b'"movement_id":"', rb'"movement_id":"\ud83d')
    with pytest.raises(Problem) as caught:
        parse_movement(body)
    assert [error.pointer for error in caught.value.errors] == ["/movement_id", "/person/traits/sex"]


def test_identifiers_left_out_one_after_the_other_are_pointed_at_as_they_were_sent() -> None:
    body = of_person(identifier(" "), identifier("27005", INS_NIR), identifier("3"), identifier("4", INS_NIR))
    parsed = parse_movement(encoded(body))
    assert [each.value for each in parsed.movement.person.identifiers] == ["3"]
    assert parsed.ignored == tuple(f"/person/identifiers/{place}" for place in (0, 1, 3))


@pytest.mark.parametrize("numbers", [[identifier(" ")], [identifier("1", INS_NIR), identifier("2", INS_NIR)]])
def test_without_any_identifier_nobody_is_meant(numbers: list[dict[str, str]]) -> None:
    with pytest.raises(Problem) as caught:
        parse_movement(encoded(of_person(*numbers)))
    pointers = [error.pointer for error in caught.value.errors]
    assert pointers == [f"/person/identifiers/{place}/value" for place in range(len(numbers))]


@pytest.mark.parametrize("unknown", [{"bed": "nul\0"}, {"Jeanne Martin": ["nul\0"]}])
def test_a_field_without_meaning_here_is_not_even_mentioned(unknown: dict[str, Any]) -> None:
    assert parse_movement(encoded(movement(**unknown))).ignored == ()


@pytest.mark.parametrize("written", ["1941", "1941-05", "1941-00-00", "1941-05-00", "1941-05-17"])
def test_a_birth_date_may_be_known_in_part(written: str) -> None:
    stated = parse_movement(encoded(of_person(birth_date=written)))
    assert stated.ignored == ()
    assert stated.movement.person.traits is not None
    assert stated.movement.person.traits.birth_date == written


def test_a_person_without_given_name_or_with_no_trait_but_a_name_is_a_person() -> None:
    for known in (traits(given_names=[]), {"birth_name": "MARTIN"}, {}):
        body = movement(person={"identifiers": [identifier("1")], "traits": known})
        assert parse_movement(encoded(body)).ignored == ()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_of_a_detail_is_accepted(worth: Any) -> None:
    parse_movement(encoded(movement(**TRANSFER, destination=worth, unit=worth, class_of_stay=worth)))
