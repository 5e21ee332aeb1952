"""Decides what the answer to a callback means, when it is tried again, and when nobody tries any more."""

from datetime import datetime, timedelta
from typing import Final, Literal

Verdict = Literal["delivered", "failed", "gone"]

GIVEN_UP_AFTER: Final = timedelta(days=3)
"""A callback that failed for so long is given up, and an endpoint that took none meanwhile is suspended."""

_GONE: Final = 410
_PAUSES: Final = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""The schedule that Standard Webhooks recommends."""
_LONGEST_REST: Final = timedelta(minutes=5)


def verdict_on(status: int) -> Verdict:
    """2xx takes it, 410 asks for no more; everything else, a redirect included, is a failure."""
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP
        return "delivered"
    return "gone" if status == _GONE else "failed"


def next_try(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """When a callback is tried again that failed so often; `None` when it is given up."""
    if now - created_at >= GIVEN_UP_AFTER:
        return None
    return now + _PAUSES[min(attempts, len(_PAUSES)) - 1]


def rest_of(failures: int, asked_seconds: int | None) -> timedelta:
    """How long an endpoint is left alone that failed so often in a row, or asked for a time itself."""
    rest = min(timedelta(seconds=2.0 ** min(failures, 10)), _LONGEST_REST)
    return max(rest, timedelta(seconds=asked_seconds or 0))


def is_to_be_suspended(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for too long."""
    return failing_since is not None and now - failing_since >= GIVEN_UP_AFTER
