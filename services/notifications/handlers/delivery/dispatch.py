"""Calls the provider with a claimed message, and records what it answers and reports.

The call is made outside any transaction. Its answer is recorded in a new one, and so is every delivery
report: stored first, then applied to the attempt that it is about.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from msgspec.structs import replace

from services.notifications.channels.channel import (
    Accepted,
    Channel,
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations import timing
from services.notifications.domain.obligations.catalogue import entry_of
from services.notifications.domain.obligations.obligation import (
    TERMINAL,
    Attempt,
    AttemptStatus,
    Obligation,
    ReportState,
    status_after_reports,
)
from services.notifications.handlers.delivery.claim_due import OutgoingMessage
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_and_publish
from services.notifications.storage.delivery import attempts
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.runtime.failures import is_transient
from shared.telemetry import metrics, tracing
from shared.telemetry.logging import get_logger

_RETRY_SECONDS: Final = 0.5
_STATUS_OF: Final[Mapping[type, AttemptStatus]] = {
    Accepted: "accepted",
    RejectedTemporarily: "rejected_temporarily",
    RejectedPermanently: "rejected_permanently",
    Unknown: "unknown",
}
"""The state of the attempt, as long as no report says better."""


async def dispatch(dependencies: Dependencies, channel_name: ChannelName, outgoing: OutgoingMessage) -> None:
    """Call the provider, outside any transaction, and record the answer in a new one.

    Not when the lease is over, because this process was frozen: what happens to the obligation is for others
    to decide by then, and who may be told can have changed.
    """
    if dependencies.clock() >= outgoing.lease_until:
        get_logger().warning("message_lease_expired", channel=channel_name)
        return
    with tracing.span("notify", trace=outgoing.trace, attributes={"channel": channel_name}):
        channel, timeout = dependencies.channels[channel_name], dependencies.waits.call_seconds
        result = await call_provider(channel, outgoing.message, timeout_seconds=timeout)
        metrics.attempts_total.labels(channel_name, _STATUS_OF[type(result)]).inc()
        await _record_until_lease_ends(dependencies, outgoing, result)


async def call_provider(channel: Channel, message: Message, *, timeout_seconds: float) -> SendResult:
    """One call inside a client span, so that the channel can hand the span's context to the provider."""
    channel_name = channel.name
    with (
        tracing.span(f"{channel_name} send", kind="client", attributes={"channel": channel_name}) as span,
        metrics.provider_seconds.labels(channel_name).time(),
    ):
        try:
            async with asyncio.timeout(timeout_seconds):
                result = await channel.send(message)
        except TimeoutError:
            result = Unknown("no answer in time")
        name = type(result).__name__
        span.set_attribute("result", name)
        if not isinstance(result, Accepted):
            tracing.record_error(span, name)
        return result


async def _record_until_lease_ends(
    dependencies: Dependencies, outgoing: OutgoingMessage, result: SendResult
) -> None:
    """Retry while the database is away and the lease runs.

    After that the outcome counts as unknown, and the message may be sent again.
    """
    while True:
        try:
            await record_answer(dependencies, outgoing.obligation_id, outgoing.message.attempt_id, result)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if not is_transient(error) or dependencies.clock() >= outgoing.lease_until:
                raise
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            return


async def record_answer(
    dependencies: Dependencies, obligation_id: UUID, attempt_id: UUID, result: SendResult
) -> None:
    """Record an answer, also one that comes after the lease; a report that came before it is kept."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        obligation = await attempts.lock(connection, obligation_id)
        attempt = None if obligation is None else obligation.attempt(attempt_id)
        if obligation is None or attempt is None:
            return
        reported = attempt.status not in {"claimed", "unknown"}
        status = attempt.status if reported else _STATUS_OF[type(result)]
        await attempts.answer(
            connection,
            attempt_id,
            status=status,
            now=now,
            reason=None if isinstance(result, Accepted) else result.reason,
            provider_id=result.provider_id if isinstance(result, Accepted) else None,
        )
        if (
            status == "rejected_permanently"
            and isinstance(result, RejectedPermanently)
            and result.contact_is_bad
        ):
            await attempts.mark_contact_bad(connection, attempt_id, now=now)
        if not reported:
            changed = replace(attempt, status=status, answered_at=now)
            await _follow_up(dependencies, connection, obligation, changed, now=now)


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
    await attempts.add_report(
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
    obligation_id = await attempts.obligation_of(dependencies.pool, attempt_id)
    async with transaction(dependencies.pool) as connection:
        obligation = None if obligation_id is None else await attempts.lock(connection, obligation_id)
        attempt = None if obligation is None else obligation.attempt(attempt_id)
        if obligation is not None and attempt is not None:
            status = status_after_reports(
                attempt.status, await attempts.reported_states(connection, attempt_id)
            )
            if status != attempt.status:
                await attempts.conclude(connection, attempt_id, status=status, now=now)
                changed = replace(attempt, status=status, answered_at=now)
                await _follow_up(dependencies, connection, obligation, changed, now=now)
        await attempts.mark_reports_applied(connection, attempt_id, now=now)
    return attempt is not None


async def _follow_up(
    dependencies: Dependencies,
    connection: Connection,
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
    weak = attempt.status == "accepted" and not dependencies.channels[attempt.channel].gives_delivery_reports
    if weak or attempt.status == "delivered":
        evidence = "weak" if weak else "receipt"
        informed = FinalOutcome(
            obligation=obligation, outcome="informed", channel=attempt.channel, evidence=evidence
        )
        await end_and_publish(connection, [informed], now=now)
    elif attempt.number == obligation.attempts[-1].number:
        urgency_waits = timing.UrgencyWaits(
            waits=dependencies.waits, urgency=entry_of(obligation.kind).urgency
        )
        following = timing.next_try([*obligation.attempts[:-1], attempt], urgency_waits, step_ends_at=None)
        at = following.at if following else now
        await attempts.set_next_action(connection, obligation.obligation_id, at=at)
