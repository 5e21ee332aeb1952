"""A membership as far as rights go: who may be told what was recorded when."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from shared.events.envelope import RecordedEvent
from shared.events.pathway import is_found_overdue

DAY_BEFORE_JOINING: Final = timedelta(hours=24)
"""A new member may know what happened in the day before they joined."""


class AuditedMember(msgspec.Struct, frozen=True, kw_only=True):
    """One membership, from joining to revocation."""

    member_id: UUID
    role: str
    establishment: str | None
    """Of a professional."""
    basis: str
    consented: bool
    """The person's consent to this member is on record."""
    joined_at: datetime
    revoked_at: datetime | None

    @property
    def entitled(self) -> bool:
        """Whether there is a basis: the care team, a mandate, or the person's consent."""
        return self.consented or self.basis in ("team", "legal_representative")

    def may_know(self, event: RecordedEvent) -> bool:
        """Whether it was recorded before they left, and since they joined or about the day before that."""
        if not self.entitled:
            return False
        if self.revoked_at is not None and self.revoked_at <= event.recorded_at:
            return False
        # A rupture is what is the case when it is found, not an event of the day of its deadline.
        happened_at = event.recorded_at if is_found_overdue(event.data) else event.occurred_at
        return event.recorded_at > self.joined_at or happened_at > self.joined_at - DAY_BEFORE_JOINING
