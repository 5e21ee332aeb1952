"""Lists who had to be told what about a person and how it went, without any contact data."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.circle.rights import CircleRights
from services.notifications.domain.obligations.obligation import displayed_status
from services.notifications.handlers.circle.access import rights_over
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.obligations import listing
from services.notifications.storage.obligations.listing import Listed, Shown
from shared.database.transaction import ACQUIRE_TIMEOUT_SECONDS
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


async def read_obligations(
    dependencies: Dependencies, *, principal: Principal, person_id: UUID, limit: int = 100
) -> Sequence[ObligationView] | None:
    """The obligations about a person, newest first; `None` when the person is none of the caller's.

    Those about facts that the caller may see, and those owed to whom they declared.
    """
    async with dependencies.pool.acquire(timeout=ACQUIRE_TIMEOUT_SECONDS) as connection:
        known = await rights_over(
            dependencies, connection, "read_obligations", principal=principal, person_id=person_id
        )
        if known is None:
            return None
        listed = await listing.newest(connection, shown_to(principal, person_id, known[1]), limit=limit)
    return [view_of(each) for each in listed]


def shown_to(principal: Principal, person_id: UUID, allowed: CircleRights) -> Shown:
    """Which obligations about the person somebody with these rights may see."""
    return Shown(
        person_id=person_id,
        statements_of=allowed.sees_statements_of,
        declared_by=principal.establishments,
    )


def view_of(listed: Listed) -> ObligationView:
    """The obligation as the API shows it."""
    obligation = listed.obligation
    return ObligationView(
        obligation_id=obligation.obligation_id,
        event_id=obligation.event_id,
        member_id=obligation.recipient_id,
        role=obligation.recipient_role,
        kind=obligation.kind,
        status=displayed_status(obligation),
        fact_occurred_at=obligation.fact_occurred_at,
        deadline=obligation.deadline,
        reason=listed.reason,
        channel=listed.channel,
        evidence=listed.evidence,
        settled_at=listed.settled_at,
        attempts=tuple(
            AttemptView(
                channel=attempt.channel,
                status=attempt.status,
                claimed_at=attempt.claimed_at,
                reason=listed.reasons.get(attempt.attempt_id),
            )
            for attempt in obligation.attempts
        ),
    )
