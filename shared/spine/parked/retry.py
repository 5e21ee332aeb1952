"""How is a parked event applied after all? Read anew, and before whatever waits behind it.

One event in one transaction. One that is still wrong stays parked with the reason that it has now, and what
waits behind it goes on waiting.
"""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec

from shared.database.pool import Connection, Pool
from shared.runtime.clock import Clock
from shared.spine.inbox.application import Applier
from shared.spine.inbox.sorting import WAITS
from shared.spine.parked import errors, rows
from shared.spine.parked.record import read_again
from shared.spine.parked.rows import Row, Settlement
from shared.spine.records.incoming import Incoming
from shared.spine.records.received import EventRejected
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger


class StillParked(msgspec.Struct, frozen=True, kw_only=True):
    """An event whose retry failed."""

    parked_id: int
    reason: str


class Retry:
    """Retries parked events of one service."""

    def __init__(self, pool: Pool, applier: Applier, clock: Clock) -> None:
        self._pool = pool
        self._applier = applier
        self._clock = clock

    async def one(self, row: Row, *, by: str, because: str | None = None) -> StillParked | None:
        """Apply the event of one row; raises `Problem` when it is settled already, or not its turn."""
        incoming = read_again(row)
        settlement = Settlement(at=self._clock(), by=by, because=because)
        reason = incoming.reason or await self._apply(row, incoming, settlement)
        if reason is not None:
            await rows.stays(self._pool, row["id"], reason)
            get_logger().warning("parked_event_still_wrong", event_id=row["event_id"], reason=reason)
            return StillParked(parked_id=row["id"], reason=reason)
        get_logger().info("parked_event_applied", event_id=row["event_id"], publisher=row["publisher"])
        return None

    async def _apply(self, row: Row, incoming: Incoming, settlement: Settlement) -> str | None:
        settle = partial(_settle, row=row, incoming=incoming, settlement=settlement)
        try:
            events = await self._applier.apply_parked(incoming, settle)
        except EventRejected as rejection:
            if incoming.envelope is None or rejection.event_id != incoming.envelope.event_id:
                raise
            return rejection.reason
        for event in events:
            metrics.events_applied_total.labels(event.type).inc()
        return None

    async def follower(self, row: Row, wanted: Callable[[Row], bool]) -> Row | None:
        """What comes next in a row's stream, if it is wanted or does nothing but wait."""
        stream = None if row is None else rows.stream_of(row)
        left: Sequence[Row] = await rows.still_parked(self._pool, stream) if stream else []
        return left[0] if left and (left[0]["reason"] == WAITS or wanted(left[0])) else None


async def _settle(connection: Connection, *, row: Row, incoming: Incoming, settlement: Settlement) -> None:
    if not await rows.settle(connection, row["id"], "applied", settlement):
        raise errors.settled("settled")
    if incoming.envelope is not None:
        # Settled above, so it is not among them itself.
        left = await rows.still_parked(connection, incoming.envelope.stream)
        if left and left[0]["sequence"] < incoming.envelope.sequence:
            raise errors.waits_for(left[0]["id"])
