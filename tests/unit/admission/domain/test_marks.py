"""A doubtful movement is accepted, and marked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.checks import mark_movement
from tests.unit.admission.bodies import encoded, movement

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
