"""Dismisses a parked event: a person decides, with name and reason, that it is never applied here."""

from shared.database.transaction import transaction
from shared.spine.inbox import checkpoint
from shared.spine.parked import rows
from shared.spine.parked.context import ParkedContext
from shared.spine.parked.errors import AlreadyResolved, NothingParked
from shared.spine.parked.rows import Resolution
from shared.spine.parked.shapes import Dismissed
from shared.telemetry.logging import get_logger


async def dismiss(context: ParkedContext, parked_id: int, *, by: str, because: str) -> Dismissed:
    """Dismiss an event; return what follows from it. Raises NothingParked or AlreadyResolved."""
    resolution = Resolution(at=context.clock(), by=by, because=because)
    async with transaction(context.pool) as connection:
        await checkpoint.lock_all(connection)
        row = await rows.one(connection, parked_id)
        if row is None:
            raise NothingParked
        if not await rows.resolve(connection, parked_id, "dismissed", resolution):
            raise AlreadyResolved(row["state"])
        stream = rows.stream_of(row)
        left = await rows.still_parked(connection, stream) if stream else []
    get_logger().warning("parked_event_dismissed", event_id=row["event_id"], reason=row["reason"])
    waiting = [other for other in left if other["sequence"] > row["sequence"]]
    retryable = left[0]["id"] if waiting and left[0] == waiting[0] else None
    return Dismissed(
        parked_id=parked_id,
        follows=_consequences(len(waiting), retryable),
        retryable=retryable,
        waiting_behind=len(waiting),
    )


def _consequences(waiting: int, retryable: int | None) -> list[str]:
    sentences = [
        "This service goes on without the event: nothing of it is applied here, however often it comes.",
        "It stays visible as dismissed, and reconciliation counts it so.",
    ]
    if waiting:
        sentences.append(
            f"{waiting} later events of the same subject wait behind it and stay parked until retried."
        )
    if retryable is not None:
        sentences.append(f"Retry {retryable} to apply them in their order.")
    return sentences
