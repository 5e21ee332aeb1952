"""Remembers who was recognised by what they showed."""

from collections import OrderedDict
from collections.abc import Hashable
from hashlib import sha256
from typing import Final

from shared.events.admission import KeyLimits
from shared.web.fairness.caller import Caller

MOST_REMEMBERED: Final = 10_000


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
