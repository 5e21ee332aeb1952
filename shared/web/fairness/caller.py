"""Counts what a recognised caller uses of its own limits."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from shared.events.admission import KeyLimits
from shared.web.fairness.rate import Rate

REFUSED_AT_ONCE: Final = 500
REFUSED_PER_SECOND: Final = 10.0
"""Saying what is wrong costs more than doing what is right: beyond this rate a caller waits."""


@dataclass(slots=True)
class Caller:
    """A recognised caller."""

    caller_id: Hashable
    limits: KeyLimits
    requests: Rate | None = field(init=False)
    bytes: Rate | None = field(init=False)
    refused: Rate = field(default_factory=lambda: Rate(REFUSED_PER_SECOND, REFUSED_AT_ONCE))
    """What was wrong with its requests, counted by request and by line of a batch."""
    inside: int = 0
    """How many of its requests are being served."""

    def __post_init__(self) -> None:
        self.limit(self.limits)

    def limit(self, limits: KeyLimits) -> None:
        """Begin to count by these limits."""
        per_second, per_minute = limits.requests_per_second, limits.bytes_per_minute
        self.limits = limits
        self.requests = None if per_second is None else Rate(per_second, per_second)
        self.bytes = None if per_minute is None else Rate(per_minute / 60, per_minute)

    def seconds_until_allowed(self, now: float) -> float:
        """How long this caller has to wait by its own limits; 0 for a request that may be served now."""
        if self.limits.concurrent_requests is not None and self.inside >= self.limits.concurrent_requests:
            return 1.0
        wait = self.refused.seconds_until_allowed(now)
        for rate in (self.requests, self.bytes):
            if rate is not None:
                wait = max(wait, rate.seconds_until_allowed(now))
        return wait
