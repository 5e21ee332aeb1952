"""Ends obligations, in the database and in what is published, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from services.notifications.domain.obligations.obligation import may_become
from services.notifications.storage.obligations import rows
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.pool import Connection
from shared.events.envelope import NewEvent
from shared.events.notifications import ObligationSettled
from shared.events.registry import NOTIFICATIONS
from shared.spine.outbox.append import append
from shared.telemetry import metrics

_END_NAME: Final = "settled"


async def end_and_publish(connection: Connection, outcomes: Sequence[FinalOutcome], *, now: datetime) -> None:
    """End open obligations that the caller has locked, and publish their outcomes."""
    allowed = [each for each in outcomes if may_become(each.obligation.status, each.outcome)]
    if allowed:
        await rows.mark_ended(connection, allowed, now=now)
        await publish_outcomes(connection, allowed, now=now)


async def publish_outcomes(
    connection: Connection, outcomes: Sequence[FinalOutcome], *, now: datetime
) -> None:
    """Append the outcomes to the service's own ledger; once per transaction, since it locks its subjects."""
    events = [_event_of(outcome, now=now) for outcome in outcomes]
    await append(connection, publisher=NOTIFICATIONS, events=events, recorded_at=now)
    for outcome in outcomes:
        if outcome.outcome == "informed":
            obligation = outcome.obligation
            seconds = (now - obligation.fact_recorded_at).total_seconds()
            metrics.informed_after_seconds.labels(obligation.recipient_role).observe(max(0.0, seconds))


def end_event_id(obligation_id: UUID) -> UUID:
    """The id of the one event that states how an obligation ended."""
    return uuid5(obligation_id, _END_NAME)


def _event_of(outcome: FinalOutcome, *, now: datetime) -> NewEvent:
    obligation = outcome.obligation
    return NewEvent(
        event_id=end_event_id(obligation.obligation_id),
        subject=obligation.person_id,
        occurred_at=now,
        data=ObligationSettled(
            obligation_id=obligation.obligation_id,
            caused_by=obligation.event_id,
            kind=obligation.kind,
            establishment=obligation.stated_by,
            recipient_role=obligation.recipient_role,
            outcome=outcome.outcome,
            fact_occurred_at=obligation.fact_occurred_at,
            fact_recorded_at=obligation.fact_recorded_at,
            settled_at=now,
            reason=outcome.reason,
            channel=outcome.channel,
        ),
        trace=obligation.trace,
    )
