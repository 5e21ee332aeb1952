"""How often and for how long the owner of an address is asked whether news may be sent there."""

from datetime import datetime, timedelta
from typing import Final, Literal

Answer = Literal["accepted", "refused"]

LINK_LIVES: Final = timedelta(days=7)
"""After that the owner is asked anew only when the address is declared again."""
REMINDED_AFTER: Final = timedelta(days=2)
TIMES_ASKED: Final = 2
RETRIED_AFTER: Final = timedelta(minutes=5)
"""A provider that did not take the question, for now."""
ASKED_AGAIN_AFTER_REFUSAL: Final = timedelta(days=1)
"""A provider that refused it for good, and not because of the address."""
COUNTED_WITHIN: Final = timedelta(days=7)
PER_ADDRESS: Final = 5
"""Questions that one address gets within that time, over all persons and whoever declares it."""
PER_ADDRESS_AND_DECLARER: Final = 4
"""Of these, those of one establishment: none keeps another one's question from an address."""
LOOKED_AT_AGAIN_AFTER: Final = timedelta(days=1)
"""The person is said to be dead; if that was an error, the owner is asked later."""


def asks_again_at(asked: int, *, now: datetime) -> datetime | None:
    """When the owner is reminded, who was asked so many times; `None` for no more."""
    return now + REMINDED_AFTER if asked < TIMES_ASKED else None
