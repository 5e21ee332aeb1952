"""Decides what the answer to a callback means, when it is tried again, and when nobody tries any more."""

from datetime import datetime, timedelta
from typing import Final, Literal

Verdict = Literal["delivered", "failed", "gone"]

SUSPENDED_AFTER: Final = timedelta(days=3)
"""An endpoint that took no callback for so long is called no more."""

_GONE: Final = 410
_PAUSES: Final = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""The schedule that Standard Webhooks recommends: a good three days of tries."""
_LONGEST_REST: Final = timedelta(minutes=5)


def verdict_on(status: int) -> Verdict:
    """2xx takes it, 410 asks for no more; everything else, a redirect included, is a failure."""
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP
        return "delivered"
    return "gone" if status == _GONE else "failed"


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a callback is tried again that failed so often; `None` when it is given up.

    How old it is says nothing: it may have waited while its endpoint was paused or suspended.
    """
    return now + _PAUSES[attempts - 1] if attempts <= len(_PAUSES) else None


def rest_of(failures: int, asked_seconds: int | None) -> timedelta:
    """How long an endpoint is left alone that failed so often in a row, or asked for a time itself."""
    rest = min(timedelta(seconds=2.0 ** min(failures, 10)), _LONGEST_REST)
    return max(rest, timedelta(seconds=asked_seconds or 0))


def is_to_be_suspended(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for too long."""
    return failing_since is not None and now - failing_since >= SUSPENDED_AFTER
