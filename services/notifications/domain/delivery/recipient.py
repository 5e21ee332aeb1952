"""What of a recipient a decision about sending depends on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
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
    may_accept_until: datetime | None = None
    """When the last link ends by which such an owner may still accept."""

    def may_accept(self, now: datetime) -> datetime | None:
        """Until when an owner who was asked may still accept; `None` when nobody can any more."""
        until = self.may_accept_until if self.unproven else None
        return None if until is None or until <= now else until

    @property
    def reason_without_contact(self) -> Literal["no_contact", "unproven"]:
        """Why nothing can be sent, where no contact may be used and nobody is waited for."""
        return "unproven" if self.unproven else "no_contact"
