"""Keeps what is known of callers: their own limits, and what they used of them."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from shared.events.admission import KeyLimits
from shared.web.fairness.rate import Rate

MOST_REMEMBERED: Final = 10_000


@dataclass(slots=True)
class Caller:
    """A recognised caller."""

    caller_id: Hashable
    limits: KeyLimits
    requests: Rate | None = field(init=False)
    bytes: Rate | None = field(init=False)
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
        rates = [rate for rate in (self.requests, self.bytes) if rate is not None]
        return max((rate.seconds_until_allowed(now) for rate in rates), default=0.0)


class Callers:
    """The callers that were recognised, by what they showed."""

    def __init__(self) -> None:
        self._by_header: OrderedDict[bytes, Caller] = OrderedDict()
        self._by_id: dict[Hashable, Caller] = {}

    def find(self, header: bytes) -> Caller | None:
        """The caller that was recognised by this header before."""
        return self._by_header.get(_digest(header))

    def remember(self, header: bytes, caller_id: Hashable, limits: KeyLimits) -> Caller:
        """The caller, who was recognised now."""
        caller = self._by_id.get(caller_id)
        if caller is None:
            if len(self._by_id) >= MOST_REMEMBERED:
                self._by_id.clear()
                self._by_header.clear()
            caller = self._by_id[caller_id] = Caller(caller_id, limits)
        elif caller.limits != limits:
            caller.limit(limits)
        self._by_header[_digest(header)] = caller
        if len(self._by_header) > MOST_REMEMBERED:
            self._by_header.popitem(last=False)
        return caller

    def forget(self, header: bytes) -> None:
        """What this header shows is recognised no longer."""
        self._by_header.pop(_digest(header), None)


def _digest(header: bytes) -> bytes:
    # A key is kept nowhere, not even for a moment longer than its request.
    return sha256(header).digest()
