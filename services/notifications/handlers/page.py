"""What does a reader see who follows the link of a message? Logistics only, and only while it is valid."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.handlers.means import Means


class PageView(msgspec.Struct, frozen=True, kw_only=True):
    """The small page; it says no more than the message did, and whether it still holds."""

    kind: str
    """From the catalogue, corrections and retractions included."""
    alias: str | None
    """None for a professional, and for a carer who chose discretion."""
    occurred_at: datetime
    """In the reader's time zone."""
    still_true: bool
    """False once a newer version or a retraction of this fact is known."""
    phone: str
    reference: UUID | None = None
    """For a professional only: the person_id, to look the person up with the establishment's own key."""


async def view(means: Means, *, token: str) -> PageView | None:
    """None for a token that is unknown, expired or revoked, all alike."""
    raise NotImplementedError
