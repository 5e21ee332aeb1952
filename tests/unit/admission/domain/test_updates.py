"""An update states what its body names, and nothing else."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.admission.domain.checks import order_of
from services.admission.domain.updates import names_of_update

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ()),
        ({"unit": "2101"}, ("unit",)),
        ({"destination": None, "kind": "transfer"}, ("destination",)),
        ({"origin": {"mode": "home"}, "unit": None}, ("unit", "origin")),
        ({"unit": "a", "class_of_stay": "home", "origin": None, "destination": None}, None),
        ({"expected_at": None, "kind": "discharge"}, ()),
        ({"expected_at": None, "kind": "leave"}, ("expected_at",)),
    ],
)
def test_what_is_absent_is_not_named_and_null_is(
    body: dict[str, object], names: tuple[str, ...] | None
) -> None:
    assert names_of_update(msgspec.json.encode(body)) == names


def test_a_detail_that_could_not_be_read_is_not_named() -> None:
    body = msgspec.json.encode({"unit": "2101", "destination": {"mode": "nowhere"}})
    assert names_of_update(body, ("/destination",)) == ("unit",)
    assert names_of_update(body, ("/destination/expected_at",)) == ("unit", "destination")


def test_an_emission_ahead_of_what_the_clock_may_show_is_ordered_by_that() -> None:
    assert order_of(NOW, latest=NOW) is None
    assert order_of(datetime(2099, 1, 1, tzinfo=UTC), latest=NOW) == NOW


def test_what_comes_later_from_such_a_clock_is_ordered_later() -> None:
    far = datetime(2099, 1, 1, tzinfo=UTC)
    ordered = [order_of(far, latest=NOW + timedelta(seconds=seconds)) for seconds in (0, 1)]
    assert ordered == [NOW, NOW + timedelta(seconds=1)]
