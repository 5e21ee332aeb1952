"""Tells a source what is new: claims a callback, calls its endpoint, and records what came of it.

The call is made outside any transaction, under an id that stays: a process that is killed before it could
record the answer leaves the callback to be sent again, and whoever gets it twice knows it by its id.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from standardwebhooks import Webhook

from services.admission.domain.callbacks import tries
from services.admission.domain.callbacks.message import message_of
from services.admission.handlers.callbacks.secrets import secrets_of
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.show_receipt import own_receipt
from services.admission.storage.callbacks import deliveries, endpoints
from services.admission.storage.callbacks.deliveries import DueDelivery
from services.admission.storage.callbacks.endpoints import Endpoint
from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger
from shared.web.outbound.address import NotCallable
from shared.web.outbound.calls import ANSWERED_WITHIN_SECONDS, Answer, NotAnswered

AT_ONCE: Final = 8
"""Callbacks on their way to one source."""
TURN: Final = timedelta(seconds=ANSWERED_WITHIN_SECONDS)
"""After so long a source that has more to be told lets others go first."""
_LEASE: Final = timedelta(seconds=6 * ANSWERED_WITHIN_SECONDS)


async def deliver_to(dependencies: Dependencies, source_id: UUID, stop: asyncio.Event) -> None:
    """Send a source what is due, some at a time, until nothing is, its endpoint fails or its turn ends."""
    ends_at = dependencies.clock() + TURN
    while not stop.is_set() and (now := dependencies.clock()) < ends_at:
        async with transaction(dependencies.pool) as connection:
            due = await deliveries.claim(
                connection, source_id, now=now, lease_until=now + _LEASE, limit=AT_ONCE
            )
            endpoint = await endpoints.endpoint_of(connection, source_id) if due else None
        if endpoint is None:
            return
        await asyncio.gather(*(_deliver(dependencies, source_id, endpoint, each) for each in due))


async def _deliver(dependencies: Dependencies, source_id: UUID, endpoint: Endpoint, due: DueDelivery) -> None:
    receipt = None if due.receipt_id is None else await own_receipt(dependencies, due.receipt_id)
    body = message_of(due.news, receipt, due.found_at)
    asked_seconds: int | None = None
    verdict: tries.Verdict = "failed"
    try:
        answer = await call(dependencies, source_id, endpoint, due.delivery_id, body)
        said, asked_seconds = str(answer.status), answer.retry_after_seconds
        verdict = tries.verdict_on(answer.status)
    except (NotCallable, NotAnswered) as failure:
        said = str(failure)
    metrics.callbacks_total.labels(verdict).inc()
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        await _record(
            connection, source_id, endpoint, due, verdict, said=said, asked_seconds=asked_seconds, now=now
        )


async def call(
    dependencies: Dependencies, source_id: UUID, endpoint: Endpoint, delivery_id: UUID, body: bytes
) -> Answer:
    """Post the message once, signed by every secret that counts now; raises as `Outbound.post` does."""
    now = dependencies.clock()
    signatures = [
        Webhook(secret).sign(str(delivery_id), now, body.decode())
        for secret in secrets_of(dependencies.vault, source_id, endpoint, now=now)
    ]
    headers = {
        "content-type": "application/json",
        "webhook-id": str(delivery_id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return await dependencies.outbound.post(endpoint.url, body, headers)


async def _record(
    connection: Connection,
    source_id: UUID,
    called: Endpoint,
    due: DueDelivery,
    verdict: tries.Verdict,
    *,
    said: str,
    asked_seconds: int | None,
    now: datetime,
) -> None:
    if verdict == "delivered":
        await deliveries.record(connection, due.delivery_id, "delivered", answer=said, at=now)
        await endpoints.took(connection, source_id, at=now)
        return
    again = tries.next_try(due.attempts, now)
    state: deliveries.State = "given_up" if again is None else "waiting"
    await deliveries.record(connection, due.delivery_id, state, answer=said, at=now, due_at=again)
    endpoint = await endpoints.lock(connection, source_id)
    if endpoint is None or endpoint.url != called.url:  # what a former one said is no fault of this one
        return
    if verdict == "gone" or tries.is_to_be_suspended(endpoint.failing_since, now):
        why: endpoints.Why = "gone" if verdict == "gone" else "failing"
        await endpoints.set_state(connection, source_id, "suspended", at=now, why=why)
        get_logger().warning("callbacks_suspended", source_id=source_id, reason=why)
        return
    rest = tries.rest_of(endpoint.failures + 1, asked_seconds)
    await endpoints.failed(connection, source_id, at=now, rests_until=now + rest)
