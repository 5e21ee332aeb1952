"""What of a recipient a decision about sending depends on."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName, Discretion


class RecipientNow(msgspec.Struct, frozen=True, kw_only=True):
    """The recipient at this moment, as far as sending depends on it."""

    revoked: bool
    discretion: Discretion
    night: bool
    zone: str | None = None
    contacts: Mapping[ChannelName, UUID]
    """Contact points that may be used, in the order the recipient prefers."""
    unproven: bool = False
    """There is a contact whose owner has not accepted to be written to."""
