"""What an answer means, and when a callback is tried again."""

from datetime import timedelta

import pytest

from services.admission.domain.callbacks.tries import (
    SUSPENDED_AFTER,
    is_to_be_suspended,
    next_try,
    rest_of,
    verdict_on,
)
from shared.testing.records import NOW


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (101, "failed"),
        (301, "failed"),
        (410, "gone"),
        (503, "failed"),
    ],
)
def test_only_a_success_takes_it(status: int, verdict: str) -> None:
    assert verdict_on(status) == verdict


def test_it_is_tried_ever_later_for_three_days() -> None:
    attempts, at = 1, NOW
    while (following := next_try(attempts, at)) is not None:
        attempts, at = attempts + 1, following
    assert at - NOW >= SUSPENDED_AFTER
    assert attempts == 10


def test_an_endpoint_rests_for_longer_each_time_it_fails_or_as_it_asks() -> None:
    assert [rest_of(failures, None).total_seconds() for failures in (1, 2, 5, 9, 99)] == [2, 4, 32, 300, 300]
    assert rest_of(1, 3600) == timedelta(hours=1)


def test_an_endpoint_that_failed_for_three_days_is_suspended() -> None:
    assert not is_to_be_suspended(None, NOW)
    assert not is_to_be_suspended(NOW - timedelta(days=2), NOW)
    assert is_to_be_suspended(NOW - timedelta(days=3), NOW)
