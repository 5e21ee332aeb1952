"""Whom is a fact for? For carers, for professionals of the circle, or for the desks it names."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.catalogue import STALE_AFTER
from services.notifications.domain.circle import Discretion, Role


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the circle as far as rights are concerned: no name, no contact."""

    member_id: UUID
    role: Role
    establishment: str | None = None
    """Of a professional."""
    joined_at: datetime
    revoked_at: datetime | None = None
    discretion: Discretion = 2
    night: bool = False

    def may_know(self, *, occurred_at: datetime, recorded_at: datetime) -> bool:
        """What is recorded while they belong, and what happened in the day before they joined."""
        if self.revoked_at is not None and recorded_at >= self.revoked_at:
            return False
        return recorded_at > self.joined_at or occurred_at > self.joined_at - STALE_AFTER


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Roles and establishments, not persons: the circle says who they are."""

    carers: bool = False
    professionals: bool = False
    """All professionals of the circle but those of `not_desk`."""
    not_desk: str | None = None
    """The establishment that states the fact knows it already."""
    desks: tuple[str, ...] = ()
    """Establishments whose professionals are told because the fact is about them."""

    def includes(self, recipient: Recipient) -> bool:
        if recipient.role == "carer":
            return self.carers
        if recipient.establishment in self.desks:
            return True
        return self.professionals and recipient.establishment != self.not_desk
