"""Applies timeouts: claimed attempts without an outcome become unknown, and old news expires."""

from datetime import timedelta
from typing import Final

from services.notifications.handlers.delivery.dispatch import apply_reports
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_and_publish
from services.notifications.storage.delivery import attempts
from services.notifications.storage.obligations import timeouts
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.transaction import transaction
from shared.telemetry import metrics

_BATCH_SIZE: Final = 200
_REPORTS_APPLY_WITHIN: Final = timedelta(seconds=10)
_OPEN: Final = ("scheduled", "due", "in_progress", "expired")


async def sweep_unknown_attempts(dependencies: Dependencies) -> None:
    """Mark claimed attempts whose lease ended as unknown, and apply reports that a crashed process only kept.

    An unknown attempt may still get a report; otherwise it is sent again.
    """
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        await timeouts.mark_lost_attempts(connection, now=now, limit=_BATCH_SIZE)
    for attempt_id in await attempts.with_unapplied_reports(
        dependencies.pool, before=now - _REPORTS_APPLY_WITHIN, limit=_BATCH_SIZE
    ):
        await apply_reports(dependencies, attempt_id)


async def expire_obligations(dependencies: Dependencies) -> None:
    """Expire open obligations whose news is too old to be told: each opens a task for a person."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        expired = await timeouts.lock_expired(connection, now=now, limit=_BATCH_SIZE)
        unproven = await timeouts.unproven(connection, {each.recipient_id for each in expired})
        outcomes = [
            FinalOutcome(
                obligation=each,
                outcome="expired",
                reason="unproven" if each.recipient_id in unproven and not each.attempts else "too_late",
            )
            for each in expired
        ]
        await end_and_publish(connection, outcomes, now=now)


async def measure_obligations(dependencies: Dependencies) -> None:
    """Set the gauges: obligations by status, and the age of the oldest that is due and not attempted."""
    now = dependencies.clock()
    figures = {row["status"]: row for row in await timeouts.figures(dependencies.pool, now=now)}
    for status in _OPEN:
        metrics.obligations.labels(status).set(figures[status]["number"] if status in figures else 0)
    oldest = min((row["oldest_due"] for row in figures.values() if row["oldest_due"]), default=now)
    metrics.obligations_due_oldest_seconds.set((now - oldest).total_seconds())
