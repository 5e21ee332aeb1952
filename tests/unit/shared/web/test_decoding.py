from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.decoding import DEEPEST, decode
from shared.web.problems import Problem
from shared.web.schema_errors import MAX_ERRORS

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Identifier(msgspec.Struct):
    authority: str
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]


class Place(msgspec.Struct):
    mode: Literal["home", "transfer"]
    expected_at: Moment | None = None


class Movement(msgspec.Struct):
    movement_id: UUID
    occurred_at: Moment
    identifiers: Annotated[tuple[Identifier, ...], msgspec.Meta(min_length=1)]
    beds: int = 0
    unit: str | None = None
    destination: Place | None = None


GOOD: dict[str, Any] = {
    "movement_id": "00000000-0000-0000-0000-000000000001",
    "occurred_at": "2026-01-31T08:00:00+01:00",
    "identifiers": [{"authority": "ins", "value": "1"}],
}


def _errors(body: bytes | dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Problem) as refused:
        decode(body if isinstance(body, bytes) else msgspec.json.encode(body), Movement)
    assert refused.value.status_code == 422
    return {error.pointer: error.detail for error in refused.value.errors}


def test_a_good_body_is_decoded_and_unknown_fields_are_ignored() -> None:
    movement = decode(msgspec.json.encode({**GOOD, "unknown": [1]}), Movement)
    assert movement.identifiers == (Identifier("ins", "1"),)


def test_all_problems_are_named_at_once() -> None:
    assert _errors(
        {
            "movement_id": "x",
            "occurred_at": "yesterday",
            "identifiers": [{"authority": "ins", "value": ""}, {"value": 7}, 3],
            "beds": "many",
            "destination": {"mode": "moon"},
        }
    ) == {
        "/movement_id": "expected a UUID",
        "/occurred_at": (
            "expected a date and time with its offset from UTC, such as 2026-01-31T08:00:00+01:00"
        ),
        "/identifiers/0/value": "expected at least 1 characters",
        "/identifiers/1/value": "expected string",
        "/identifiers/1/authority": "required",
        "/identifiers/2": "expected object",
        "/beds": "expected integer",
        "/destination/mode": "expected one of: home, transfer",
    }


def test_what_is_missing_is_named() -> None:
    assert _errors(b"{}") == {
        "/movement_id": "required",
        "/occurred_at": "required",
        "/identifiers": "required",
    }


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"text"', b"true"])
def test_something_else_than_an_object_is_refused(body: bytes) -> None:
    assert _errors(body) == {"": "expected object"}


def test_an_optional_object_names_its_alternatives() -> None:
    assert _errors({**GOOD, "destination": 3}) == {"/destination": "expected object or null"}


def test_a_moment_without_its_offset_is_refused() -> None:
    assert list(_errors({**GOOD, "occurred_at": "2026-01-31T08:00:00"})) == ["/occurred_at"]


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_moment_outside_of_the_calendar_is_refused(moment: str) -> None:
    assert list(_errors({**GOOD, "occurred_at": moment})) == ["/occurred_at"]


@pytest.mark.parametrize("number", ["1.0", "1e3", "1e999", "9" * 5000])
def test_a_number_that_is_no_integer_or_too_large_is_refused(number: str) -> None:
    body = msgspec.json.encode(GOOD)[:-1] + f',"beds":{number}}}'.encode()
    assert _errors(body)


@pytest.mark.parametrize(
    ("extra", "pointer"),
    [
        ({"unit": "a\0"}, "/unit"),
        ({"identifiers": [{"authority": "\0", "value": "1"}]}, "/identifiers/0/authority"),
        ({"unknown": {"a/b~": ["\0"]}}, "/unknown/a~1b~0/0"),
        ({"unknown\0": 1}, ""),
    ],
)
def test_a_nul_character_is_refused_wherever_it_is(extra: dict[str, Any], pointer: str) -> None:
    assert list(_errors({**GOOD, **extra})) == [pointer]


def test_an_escaped_backslash_is_no_nul_character() -> None:
    assert decode(msgspec.json.encode({**GOOD, "unit": "\\u0000"}), Movement).unit == "\\u0000"


@pytest.mark.parametrize(
    "unknown",
    [
        b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1),
        b"[" + b",".join([b"{}"] * DEEPEST) + b"]",
        b'"' + b"[" * (DEEPEST + 1) + b'\\"' + b"[" * (DEEPEST + 1) + b'"',
    ],
    ids=["as deep as allowed", "wide", "brackets in a string"],
)
def test_only_depth_is_limited(unknown: bytes) -> None:
    body = msgspec.json.encode({**GOOD, "unknown": msgspec.Raw(unknown)})
    assert isinstance(decode(body, Movement), Movement)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "not valid JSON, line 1, column 1"),
        (b'{\n "unit": Dupont}', "not valid JSON, line 2, column 10"),
        (b'{"unit": "Dup', "not valid JSON, line 1, column 14"),
        (b'{"unknown": "\xff"}', "not valid UTF-8, line 1, column 14"),
        (b'{"unknown": "\\ud800"}', "not valid JSON, line 1, column 22"),
        ('{"unit": "Dupont"}'.encode("utf-16"), "not valid UTF-8, line 1, column 1"),
        (b'{"unknown":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}", "nested too deeply"),
        (b'{"unknown":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_gives_its_place(body: bytes, detail: str) -> None:
    assert _errors(body) == {"": detail}


@pytest.mark.parametrize(
    "body",
    [
        {**GOOD, "movement_id": "Dupont"},
        {**GOOD, "occurred_at": "Dupont"},
        {**GOOD, "destination": {"mode": "Dupont"}},
        {**GOOD, "destination": "Dupont"},
        {**GOOD, "beds": "Dupont"},
        {**GOOD, "identifiers": [{"authority": "ins", "value": "Dupont" * 10}]},
        {**GOOD, "unit": "Dupont\0"},
    ],
)
def test_no_value_is_ever_quoted(body: dict[str, Any]) -> None:
    assert not any("Dupont" in detail for detail in _errors(body).values())


def test_a_value_that_only_the_type_refuses_is_not_quoted_either() -> None:
    class Ward(msgspec.Struct, tag="ward"):
        beds: int

    class Home(msgspec.Struct, tag="home"):
        street: str

    with pytest.raises(Problem) as refused:
        decode(b'{"type":"Dupont - at `$.x`"}', Ward | Home)  # type: ignore[arg-type]
    assert "Dupont" not in str([msgspec.to_builtins(error) for error in refused.value.errors])


def test_the_number_of_problems_is_bounded() -> None:
    assert len(_errors({**GOOD, "identifiers": [3] * 1000})) == MAX_ERRORS


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from(Movement.__struct_fields__)


@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_bytes_of_any_kind_are_decoded_or_refused_as_a_problem(body: bytes) -> None:
    _decoded_or_refused(body)


@given(changes=st.dictionaries(FIELDS, JSON_VALUES))
def test_json_of_any_kind_is_decoded_or_refused_with_its_problems(changes: dict[str, Any]) -> None:
    _decoded_or_refused(msgspec.json.encode({**GOOD, **changes}))


def _decoded_or_refused(body: bytes) -> None:
    try:
        decoded = decode(body, Movement)
    except Problem as problem:
        refusal: Problem | None = problem
    else:
        refusal = None
        texts = [
            decoded.unit or "",
            *(part for one in decoded.identifiers for part in (one.authority, one.value)),
        ]
        assert not any("\0" in text for text in texts)
    assert refusal is None or (refusal.status_code == 422 and refusal.errors)
