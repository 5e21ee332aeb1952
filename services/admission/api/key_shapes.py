"""Defines what is said of a key when it is created or rotated: when it ends, and its limits."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Meta, Struct

from shared.events.admission import KeyLimits
from shared.web.problems import FieldError, Problem

LONGEST_LIFE: Final = timedelta(days=5 * 365)


class LimitsOfKey(Struct, frozen=True, kw_only=True):
    """What a key may use of each process of a service; what is absent is its share of what there is."""

    requests_per_second: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    concurrent_requests: Annotated[int, Meta(ge=1, le=1000)] | None = None
    bytes_per_minute: Annotated[int, Meta(ge=1024, le=2**40)] | None = None

    @property
    def of_key(self) -> KeyLimits:
        """As the other services learn it."""
        return KeyLimits(
            requests_per_second=self.requests_per_second,
            concurrent_requests=self.concurrent_requests,
            bytes_per_minute=self.bytes_per_minute,
        )


def check_expiry(expires_at: datetime | None, now: datetime) -> None:
    """Raise `Problem` 422 for a time at which no key may end."""
    if expires_at is not None and not now < expires_at <= now + LONGEST_LIFE:
        error = FieldError("/expires_at", "expected a time in the next five years")
        raise Problem(422, "The body does not fit", errors=[error])
