"""Defines what a door answers, whichever language it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tests.continuity.load.offers import Offer

MISSING: Final = "receipt_was_missing"
"""Whether the platform did not know at first what it had just acknowledged."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer, with the status that HTTP has for it."""

    status: int
    fields: Mapping[str, Any]
    """Of the receipt, if it acknowledges."""
    text: str
    at: str
    """When it came."""


class Door(Protocol):
    """A way into the platform."""

    @property
    def name(self) -> str:
        """As the journal calls it."""
        ...

    def written(self, offer: Offer) -> bytes:
        """The bytes of every try."""
        ...

    async def ask(self, offer: Offer, content: bytes, turn: int) -> Answer | str:
        """Try once, at the address whose turn it is; a string says why there is no answer."""
        ...
