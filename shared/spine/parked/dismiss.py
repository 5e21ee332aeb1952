"""How does a person decide that an event is not to be applied here? With a name and a reason, for good."""

from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.spine.inbox import checkpoint
from shared.spine.parked import errors, rows
from shared.spine.parked.rows import Settlement
from shared.spine.parked.shapes import Dismissed
from shared.telemetry.logging import get_logger


async def dismiss(pool: Pool, parked_id: int, settlement: Settlement) -> Dismissed:
    """Says what follows from it; raises `Problem` when there is nothing to decide any more."""
    async with transaction(pool) as connection:
        await checkpoint.hold_all(connection)
        row = await rows.one(connection, parked_id)
        if row is None:
            raise errors.unknown()
        if not await rows.settle(connection, parked_id, "dismissed", settlement):
            raise errors.settled(row["state"])
        stream = rows.stream_of(row)
        left = await rows.still_parked(connection, stream) if stream else []
    get_logger().warning("parked_event_dismissed", event_id=row["event_id"], reason=row["reason"])
    waiting = [other for other in left if other["sequence"] > row["sequence"]]
    retryable = left[0]["id"] if waiting and left[0] == waiting[0] else None
    return Dismissed(
        parked_id=parked_id,
        follows=_follows(len(waiting), retryable),
        retryable=retryable,
        waiting_behind=len(waiting),
    )


def _follows(waiting: int, retryable: int | None) -> list[str]:
    said = [
        "This service goes on without the event: nothing of it is applied here, however often it comes.",
        "It stays visible as dismissed, and reconciliation counts it so.",
    ]
    if waiting:
        said.append(
            f"{waiting} later events of the same subject wait behind it and stay parked until retried."
        )
    if retryable is not None:
        said.append(f"Retry {retryable} to apply them in their order.")
    return said
