"""What states can an attempt have, and what does each say about the reader?

    created -> claimed -> accepted | rejected_temporarily | rejected_permanently | unknown
    accepted | unknown -> delivered | undelivered | no_receipt       (a report may come before the answer)

An attempt is a row before it is a call, so there is no `created` without `claimed` in the database.
"""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.notifications.domain.circle import Medium

AttemptStatus = Literal[
    "claimed",
    "accepted",
    "rejected_temporarily",
    "rejected_permanently",
    "unknown",
    "delivered",
    "undelivered",
    "no_receipt",
]

MAY_HAVE_REACHED: Final[frozenset[AttemptStatus]] = frozenset(
    ("accepted", "unknown", "delivered", "undelivered", "no_receipt")
)
"""The provider took it, or may have: a correction is owed, and sending again may repeat it."""

AWAITED: Final[frozenset[AttemptStatus]] = frozenset(("claimed", "accepted", "unknown"))
"""Something will still be heard of it."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try over one channel."""

    attempt_id: UUID
    number: int
    """Within its obligation, from 1."""
    step: int
    """One channel each, from 1."""
    channel: Medium
    status: AttemptStatus
    claimed_at: datetime
    answered_at: datetime | None = None
    """When the provider refused, or it became clear that nothing will be heard."""

    @property
    def may_have_reached(self) -> bool:
        return self.status in MAY_HAVE_REACHED
