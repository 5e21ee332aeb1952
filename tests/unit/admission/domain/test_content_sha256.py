"""Two bodies have the same digest when they say the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.submission import content_sha256
from tests.unit.admission.bodies import movement

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aé"\\ 1'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """The same value with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    return value


@given(st.dictionaries(st.text(max_size=4), values, max_size=5))
def test_order_of_keys_and_white_space_do_not_count(body: dict[str, Any]) -> None:
    dense = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    airy = json.dumps(shuffled(body), indent=3, ensure_ascii=True).encode()
    assert content_sha256(dense) == content_sha256(airy)


@pytest.mark.parametrize(
    "other",
    [{"unit": "OTHER"}, {"unknown_field": 1}, {"unit": None}, {"origin": {"mode": "home", "note": ""}}],
)
def test_any_other_content_counts_unknown_fields_too(other: dict[str, Any]) -> None:
    body = movement()
    assert content_sha256(json.dumps(body).encode()) != content_sha256(json.dumps(body | other).encode())


@pytest.mark.parametrize(
    ("one", "other"), [("0.1", "0.10000000000000001"), ("1e999", "2e999"), ("1", "1.0"), ('"1"', "1")]
)
def test_numbers_count_as_they_are_written(one: str, other: str) -> None:
    assert content_sha256(b'{"n":%s}' % one.encode()) != content_sha256(b'{"n":%s}' % other.encode())
