"""Records what a provider answered or reported of an attempt, and applies it to the obligation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from services.notifications.channels.channel import (
    Accepted,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from services.notifications.domain.delivery.delivery_reports import ReportState, concluded
from services.notifications.domain.obligations import timing
from services.notifications.domain.obligations.catalogue import entry_of
from services.notifications.domain.obligations.obligation import TERMINAL, Attempt, AttemptStatus, Obligation
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations import settle
from services.notifications.storage.delivery import reports, sending
from services.notifications.storage.obligations.rows import Settlement
from shared.database.pool import Connection
from shared.database.transaction import transaction


async def follow_up(
    connection: Connection,
    dependencies: Dependencies,
    obligation: Obligation,
    attempt: Attempt,
    *,
    now: datetime,
) -> None:
    """Apply an attempt's new state to the obligation, which is locked.

    Delivered is delivered, however late: it ends every pending step. Anything else of an earlier attempt
    changes nothing any more.
    """
    if obligation.status in TERMINAL:
        return
    weak = attempt.status == "accepted" and not dependencies.channels[attempt.channel].gives_receipts
    if weak or attempt.status == "delivered":
        evidence = "weak" if weak else "receipt"
        told = Settlement(
            obligation=obligation, outcome="informed", channel=attempt.channel, evidence=evidence
        )
        await settle.settle(connection, [told], now=now)
    elif attempt.number == obligation.attempts[-1].number:
        patience = timing.Patience(waits=dependencies.waits, urgency=entry_of(obligation.kind).urgency)
        following = timing.after([*obligation.attempts[:-1], attempt], patience, step_ends_at=None)
        await sending.look_again(connection, obligation.obligation_id, at=following.at if following else now)


def attempt_of(obligation: Obligation, attempt_id: object) -> Attempt | None:
    """The attempt of an obligation by its id."""
    return next((attempt for attempt in obligation.attempts if attempt.attempt_id == attempt_id), None)


_MEANING: Final[Mapping[type, AttemptStatus]] = {
    Accepted: "accepted",
    RejectedTemporarily: "rejected_temporarily",
    RejectedPermanently: "rejected_permanently",
    Unknown: "unknown",
}


def meaning_of(result: SendResult) -> AttemptStatus:
    """The state of the attempt, as long as no report says better."""
    return _MEANING[type(result)]


async def record_answer(
    dependencies: Dependencies, obligation_id: UUID, attempt_id: UUID, result: SendResult
) -> None:
    """An answer that comes after the lease still counts; a report that came before it keeps its word."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        obligation = await sending.lock(connection, obligation_id)
        attempt = None if obligation is None else attempt_of(obligation, attempt_id)
        if obligation is None or attempt is None:
            return
        reported = attempt.status not in {"claimed", "unknown"}
        status = attempt.status if reported else meaning_of(result)
        await sending.answer(
            connection,
            attempt_id,
            status=status,
            now=now,
            reason=None if isinstance(result, Accepted) else result.reason,
            provider_id=result.provider_id if isinstance(result, Accepted) else None,
        )
        if status == "rejected_permanently":
            await sending.mark_contact_bad(connection, attempt_id, now=now)
        heard = replace(attempt, status=status, answered_at=now)
        if not reported:
            await follow_up(connection, dependencies, obligation, heard, now=now)


async def record_delivery_report(
    dependencies: Dependencies,
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
        dependencies.pool,
        attempt_id,
        provider_id=provider_id,
        state=state,
        detail=detail,
        now=dependencies.clock(),
    )
    return await apply_reports(dependencies, attempt_id)


async def apply_reports(dependencies: Dependencies, attempt_id: UUID) -> bool:
    """Conclude from all reports on an attempt, whatever was concluded before."""
    now = dependencies.clock()
    obligation_id = await reports.obligation_of(dependencies.pool, attempt_id)
    async with transaction(dependencies.pool) as connection:
        obligation = None if obligation_id is None else await sending.lock(connection, obligation_id)
        attempt = None if obligation is None else attempt_of(obligation, attempt_id)
        if obligation is not None and attempt is not None:
            status = concluded(attempt.status, await reports.states(connection, attempt_id))
            if status != attempt.status:
                await sending.conclude(connection, attempt_id, status=status, now=now)
                heard = replace(attempt, status=status, answered_at=now)
                await follow_up(connection, dependencies, obligation, heard, now=now)
        await reports.mark_applied(connection, attempt_id, now=now)
    return attempt is not None
