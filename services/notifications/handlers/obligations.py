"""Who had to be told what about a person, and how did it go? Without any contact data."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.handlers.means import Means
from shared.security.principal import Principal


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """One try."""

    channel: str
    status: str
    claimed_at: datetime
    reason: str | None = None


class ObligationView(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation, newest first in any list."""

    obligation_id: UUID
    event_id: UUID
    member_id: UUID
    role: str
    kind: str
    status: str
    """As displayed: planned, scheduled, sent, delivered, failed, retried, escalated, unknown, suppressed,
    superseded, acknowledged, expired."""
    fact_occurred_at: datetime
    deadline: datetime
    reason: str | None = None
    channel: str | None = None
    evidence: str | None = None
    settled_at: datetime | None = None
    attempts: tuple[AttemptView, ...] = ()


async def obligations_of(
    means: Means, *, principal: Principal, person_id: UUID, limit: int = 100
) -> Sequence[ObligationView] | None:
    """None when the person is none of the caller's."""
    raise NotImplementedError
