"""Retries one parked event: decodes its record again and applies it, before whatever waits behind it.

Each event is applied in a transaction of its own. One that is still wrong stays parked, with the reason that
it has now, and the events behind it go on waiting.
"""

from collections.abc import Collection, Sequence
from functools import partial

from shared.database.pool import Connection
from shared.spine.inbox.separate import WAITS
from shared.spine.parked import rows
from shared.spine.parked.context import ParkedContext
from shared.spine.parked.errors import AlreadyResolved, WaitsForEarlier
from shared.spine.parked.record import decode_again
from shared.spine.parked.rows import Resolution, Row
from shared.spine.parked.shapes import StillParked
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.received import EventRejected
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger


async def retry_event(
    context: ParkedContext, row: Row, *, by: str, because: str | None = None
) -> StillParked | None:
    """Apply the event of a row; return why it stays parked, or None when it is applied.

    Raises AlreadyResolved, or WaitsForEarlier when an earlier event of its subject is parked.
    """
    if row["state"] != "parked":
        raise AlreadyResolved(row["state"])
    incoming = decode_again(row)
    resolution = Resolution(at=context.clock(), by=by, because=because)
    reason = incoming.reason or await _apply_and_resolve(context, row, incoming, resolution)
    if reason is not None:
        await rows.keep_parked(context.pool, row["id"], reason)
        get_logger().warning("parked_event_still_wrong", event_id=row["event_id"], reason=reason)
        return StillParked(parked_id=row["id"], reason=reason)
    get_logger().info("parked_event_applied", event_id=row["event_id"], publisher=row["publisher"])
    return None


async def next_in_stream(context: ParkedContext, row: Row, *, reasons: Collection[str] | None) -> Row | None:
    """Return the first parked row of a row's stream, if it only waits or is parked for one of the reasons.

    `reasons` of None stands for any reason.
    """
    stream = None if row is None else rows.stream_of(row)
    left: Sequence[Row] = await rows.still_parked(context.pool, stream) if stream else []
    if not left:
        return None
    is_wanted = reasons is None or left[0]["reason"] in {WAITS, *reasons}
    return left[0] if is_wanted else None


async def _apply_and_resolve(
    context: ParkedContext, row: Row, incoming: IncomingRecord, resolution: Resolution
) -> str | None:
    """Apply and resolve in one transaction; return the reason when the event is still wrong."""
    resolve = partial(_resolve, row=row, incoming=incoming, resolution=resolution)
    try:
        events = await context.applier.apply_parked(incoming, resolve)
    except EventRejected as rejection:
        if incoming.envelope is None or rejection.event_id != incoming.envelope.event_id:
            raise
        return rejection.reason
    for event in events:
        metrics.events_applied_total.labels(event.type).inc()
    return None


async def _resolve(
    connection: Connection, *, row: Row, incoming: IncomingRecord, resolution: Resolution
) -> None:
    if not await rows.resolve(connection, row["id"], "applied", resolution):
        raise AlreadyResolved("settled")
    if incoming.envelope is not None:
        # Settled above, so the event is not among them itself.
        left = await rows.still_parked(connection, incoming.envelope.stream)
        if left and left[0]["sequence"] < incoming.envelope.sequence:
            raise WaitsForEarlier(left[0]["id"])
