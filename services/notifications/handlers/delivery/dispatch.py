"""How does a claimed attempt leave? In one call outside any transaction; then its answer is recorded."""

import asyncio
from typing import Final

import asyncpg

from services.notifications.channels.channel import Channel, SendResult, Unknown
from services.notifications.domain.circle.members import Medium
from services.notifications.handlers.delivery.claim_due import OutgoingMessage
from services.notifications.handlers.delivery.record_answer import meaning_of, record_answer
from services.notifications.handlers.dependencies import Dependencies
from shared.runtime.failures import is_transient
from shared.telemetry import metrics, tracing
from shared.telemetry.logging import get_logger

_PAUSE_SECONDS: Final = 0.5


async def dispatch(dependencies: Dependencies, medium: Medium, departure: OutgoingMessage) -> None:
    """Call the provider, outside any transaction, and record the answer in a new one.

    Not when the lease is over, because this process was frozen: what happens to the obligation is for others
    to decide by then, and who may be told can have changed.
    """
    if dependencies.clock() >= departure.lease_until:
        get_logger().warning("departure_too_late", channel=medium)
        return
    with tracing.span("notify", trace=departure.trace, attributes={"channel": medium}):
        result = await _call(dependencies.channels[medium], dependencies, departure)
        metrics.attempts_total.labels(medium, meaning_of(result)).inc()
        await _record_insistently(dependencies, departure, result)


async def _call(channel: Channel, dependencies: Dependencies, departure: OutgoingMessage) -> SendResult:
    try:
        async with asyncio.timeout(dependencies.waits.call_seconds):
            return await channel.send(departure.message)
    except TimeoutError:
        return Unknown("no answer in time")


async def _record_insistently(
    dependencies: Dependencies, departure: OutgoingMessage, result: SendResult
) -> None:
    """The provider has answered: while the lease runs, a database that is away is waited for.

    After that the outcome counts as unknown, and the message may be sent again.
    """
    while True:
        try:
            await record_answer(dependencies, departure.obligation_id, departure.message.attempt_id, result)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if not is_transient(error) or dependencies.clock() >= departure.lease_until:
                raise
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return
