"""Keeps which addresses show keys that nobody has, and slows those down."""

from collections import OrderedDict
from typing import Final

from shared.web.fairness.rate import Rate

FAILED_KEYS_AT_ONCE: Final = 200
FAILED_KEYS_PER_SECOND: Final = 2.0
"""An address whose keys are not recognised is slowed down to this rate once it used up the store."""
MOST_REMEMBERED: Final = 10_000


class FailedKeys:
    """How many keys of each address failed of late; the oldest addresses are forgotten."""

    def __init__(self) -> None:
        self._of_address: OrderedDict[str, Rate] = OrderedDict()

    def note(self, address: str, now: float) -> None:
        """Somebody at this address showed a key that nobody has."""
        failed = self._of_address.pop(address, None) or Rate(FAILED_KEYS_PER_SECOND, FAILED_KEYS_AT_ONCE)
        failed.seconds_until_allowed(now)
        failed.use()
        self._of_address[address] = failed
        if len(self._of_address) > MOST_REMEMBERED:
            self._of_address.popitem(last=False)

    def seconds_until_allowed(self, address: str, now: float) -> float:
        """How long an address has to wait before a key that is not known from it is looked up."""
        failed = self._of_address.get(address)
        return 0.0 if failed is None else failed.seconds_until_allowed(now)
