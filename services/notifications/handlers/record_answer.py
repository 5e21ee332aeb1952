"""What did the provider answer? Written to the attempt, and followed up, in one transaction."""

from collections.abc import Mapping
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
from services.notifications.domain.attempt import AttemptStatus
from services.notifications.handlers.follow_up import attempt_of, follow_up
from services.notifications.handlers.means import Means
from services.notifications.storage import sending
from shared.database.transaction import transaction

_MEANING: Final[Mapping[type, AttemptStatus]] = {
    Accepted: "accepted",
    RejectedTemporarily: "rejected_temporarily",
    RejectedPermanently: "rejected_permanently",
    Unknown: "unknown",
}


def meaning_of(result: SendResult) -> AttemptStatus:
    """The state of the attempt, as long as no report says better."""
    return _MEANING[type(result)]


async def record_answer(means: Means, obligation_id: UUID, attempt_id: UUID, result: SendResult) -> None:
    """An answer that comes after the lease still counts; a report that came before it keeps its word."""
    now = means.clock()
    async with transaction(means.pool) as connection:
        own = await sending.lock(connection, obligation_id)
        attempt = None if own is None else attempt_of(own, attempt_id)
        if own is None or attempt is None:
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
            await follow_up(connection, means, own, heard, now=now)
