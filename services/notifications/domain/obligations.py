"""What is known of an obligation when something must be decided about it?"""

from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.attempt import Attempt
from services.notifications.domain.circle import Medium, Role
from services.notifications.domain.kinds import is_corrected, is_retracted
from services.notifications.domain.obligation import TERMINAL, Status
from services.notifications.domain.standing import Suppression


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient must be told of one event, with everything tried so far."""

    obligation_id: UUID
    event_id: UUID
    recipient_id: UUID
    person_id: UUID
    recipient_role: Role
    kind: str
    stated_by: str
    aspect: str
    fact_key: str
    said: str
    shown_kind: str
    fact_occurred_at: datetime
    fact_recorded_at: datetime
    fact_sequence: int
    status: Status
    barred_by: Suppression | None = None
    """Found while something was still open: not sent again, for this reason."""
    superseded_by: UUID | None = None
    """The event that made it old news, found while something was still open."""
    lane: Medium
    held: bool = False
    not_before: datetime
    deadline: datetime
    expires_at: datetime
    trace: str | None = None
    human_at: datetime | None = None
    """When a person told the reader, or the reader said that they know."""
    attempts: tuple[Attempt, ...] = ()

    @property
    def is_news(self) -> bool:
        """Not a correction, not a retraction."""
        return not is_corrected(self.kind) and not is_retracted(self.kind)

    @property
    def stands(self) -> bool:
        """It is open and will be sent when its turn comes."""
        return self.status not in TERMINAL and self.barred_by is None and self.superseded_by is None

    @property
    def told_at(self) -> datetime | None:
        """When the recipient was told, or may have been, the last time."""
        sent = [attempt.claimed_at for attempt in self.attempts if attempt.may_have_reached]
        return max([*sent, *([self.human_at] if self.human_at else [])], default=None)

    @property
    def in_flight(self) -> bool:
        return any(attempt.status == "claimed" for attempt in self.attempts)

    @property
    def delayed(self) -> bool:
        """It did not leave when it first could."""
        return self.held or bool(self.attempts)

    @property
    def order(self) -> tuple[datetime, int]:
        """In which its fact happened, among facts of the same aspect."""
        return (self.fact_occurred_at, self.fact_sequence)
