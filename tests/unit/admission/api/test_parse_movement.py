"""A body without its fact is refused with all its mistakes together, each under its JSON pointer."""

from typing import Any

import pytest

from services.admission.api.movements import parse_movement
from shared.web.problems import Problem
from tests.unit.admission.bodies import NAME, encoded, identifier, movement


def refused(body: object) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        parse_movement(encoded(body))
    assert caught.value.status_code == 422
    return {error.pointer: error.detail for error in caught.value.errors}


def test_a_valid_body_is_parsed_and_unknown_fields_are_ignored() -> None:
    stated = parse_movement(encoded(movement(bed="12", person_note={"deep": [1, 2.5]}))).movement
    assert stated.kind == "admission"
    assert stated.occurred_at.utcoffset() is not None


def test_all_that_is_wrong_is_said_at_once() -> None:
    body = movement(
        identifier(" "),
        establishment="75",
        kind="discharge",
        occurred_at="2026-03-01T10:00:00",
        emitted_at="1066-10-14T09:00:00Z",
        movement_id="",
    )
    del body["action"]
    body["person"]["traits"]["sex"] = "F"
    assert set(refused(body)) == {
        "/action",
        "/establishment",
        "/movement_id",
        "/occurred_at",
        "/origin",
        "/person/identifiers/0/value",
        "/person/traits/sex",
    }


def test_a_problem_never_quotes_the_body() -> None:
    body = movement(establishment=NAME, unit=[NAME])
    assert NAME not in str(refused(body))


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"person": {"identifiers": []}}, "/person/identifiers"),
        ({"person": {"identifiers": [identifier("1") | {"type": "NH"}]}}, "/person/identifiers"),
        ({"occurred_at": "2200-01-01T00:00:00Z"}, "/occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "/occurred_at"),
        ({"emitted_at": "0001-01-01T00:00:00+12:00"}, "/emitted_at"),
        ({"source_event_id": "line\nbreak"}, "/source_event_id"),
    ],
)
def test_each_mistake_has_its_pointer(other: dict[str, Any], pointer: str) -> None:
    assert list(refused(movement(**other))) == [pointer]


def test_what_may_be_true_is_never_refused() -> None:
    far_ahead = "2199-12-31T00:00:00Z"
    parse_movement(encoded(movement(occurred_at=far_ahead, emitted_at=far_ahead, establishment="750000009")))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"\xff"', b"[" * 50_000, b'{"a": NaN}'])
def test_what_is_no_movement_is_a_problem_and_never_an_error(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        parse_movement(body)
    assert caught.value.status_code == 422
