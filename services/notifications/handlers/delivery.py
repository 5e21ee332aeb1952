"""What does a delivery report change? It is stored first, then applied to the attempt it is about."""

from uuid import UUID

from msgspec.structs import replace

from services.notifications.domain.receipts import ReportState, concluded
from services.notifications.handlers.follow_up import attempt_of, follow_up
from services.notifications.handlers.means import Means
from services.notifications.storage import reports, sending
from shared.database.transaction import transaction

__all__ = ["ReportState", "apply_reports", "record_delivery_report"]


async def record_delivery_report(
    means: Means,
    *,
    attempt_id: UUID,
    provider_id: str | None,
    state: ReportState,
    detail: str | None = None,
) -> bool:
    """Keep the report and apply it; false when no such attempt exists (kept all the same).

    The caller has checked the report's token. Late, repeated, reordered and too early reports are all
    ordinary. `detail` is a protocol's code, never a number or a text.
    """
    await reports.keep(
        means.pool, attempt_id, provider_id=provider_id, state=state, detail=detail, now=means.clock()
    )
    return await apply_reports(means, attempt_id)


async def apply_reports(means: Means, attempt_id: UUID) -> bool:
    """Conclude from all reports on an attempt, whatever was concluded before."""
    now = means.clock()
    obligation_id = await reports.obligation_of(means.pool, attempt_id)
    async with transaction(means.pool) as connection:
        own = None if obligation_id is None else await sending.lock(connection, obligation_id)
        attempt = None if own is None else attempt_of(own, attempt_id)
        if own is not None and attempt is not None:
            status = concluded(attempt.status, await reports.states(connection, attempt_id))
            if status != attempt.status:
                await sending.conclude(connection, attempt_id, status=status, now=now)
                heard = replace(attempt, status=status, answered_at=now)
                await follow_up(connection, means, own, heard, now=now)
        await reports.mark_applied(connection, attempt_id, now=now)
    return attempt is not None
