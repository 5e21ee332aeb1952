"""Takes back what a publisher never recorded, and gives the real events the numbers that it had taken.

Only a few at once: many are what a ledger lost that was restored from a backup, and a person decides then.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID

from shared.database.pool import Connection
from shared.spine.access.api_keys import replace_keys
from shared.spine.inbox.insert import SEQUENCE_TAKEN
from shared.spine.inbox.take_back import TakeBack, take_back
from shared.spine.parked import rows
from shared.spine.parked.context import ParkedContext
from shared.spine.parked.retry_event import next_in_stream, retry_event
from shared.spine.reconciliation.hours.windows import EventKey
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.pulled import as_incoming
from shared.spine.records.received import ReceivedEvent
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

MOST: Final = 20
"""More events than these, unknown at once, are none of somebody who wrote to the bus."""
_BY: Final = "relais"
_BECAUSE: Final = "its number was taken by an event that nobody recorded"
_LAST_SEQUENCE: Final = 2**62


class Taker:
    """Takes back events of nobody from one service."""

    def __init__(self, parked: ParkedContext, undo: TakeBack, *, dependencies: object) -> None:
        self._parked = parked
        self._undo = undo
        self._dependencies = dependencies

    async def take_back(self, ledger: LedgerClient, unknown: Sequence[EventKey]) -> int:
        """Take back what the ledger does not have when it is asked once more, by name; returns how many.

        Raises PublisherUnavailable.
        """
        subjects = sorted({key.subject for key in unknown})
        recorded = await _recorded_of(ledger, subjects)
        known = {event.event_id for event in recorded}
        foreign = [key.event_id for key in unknown if key.event_id not in known]
        undo = partial(self._undo_all, subjects=subjects, recorded=recorded)
        freed = await take_back(self._parked.pool, ledger.publisher, foreign, undo, now=self._parked.clock())
        for subject in freed:
            await self._apply_the_real_one(ledger.publisher, subject)
        if foreign:
            metrics.events_of_nobody_taken_back_total.labels(ledger.publisher).inc(len(foreign))
            get_logger().error("events_of_nobody_taken_back", publisher=ledger.publisher, count=len(foreign))
        return len(foreign)

    async def _undo_all(
        self,
        connection: Connection,
        event_ids: Sequence[UUID],
        *,
        subjects: Sequence[UUID],
        recorded: Sequence[ReceivedEvent],
    ) -> None:
        await replace_keys(connection, subjects, recorded)
        await self._undo(self._dependencies, connection, event_ids, recorded)

    async def _apply_the_real_one(self, publisher: str, subject: UUID) -> None:
        """Apply what was parked because of it; what was never here is pulled by the next comparison."""
        left = await rows.still_parked(self._parked.pool, (publisher, subject))
        row = left[0] if left and left[0]["reason"] == SEQUENCE_TAKEN else None
        while row is not None and await retry_event(self._parked, row, by=_BY, because=_BECAUSE) is None:
            row = await next_in_stream(self._parked, row, reasons=[SEQUENCE_TAKEN])


async def _recorded_of(ledger: LedgerClient, subjects: Sequence[UUID]) -> list[ReceivedEvent]:
    """Everything that the publisher recorded of them, in each one's order."""
    spans = [Span(subject, 1, _LAST_SEQUENCE) for subject in subjects]
    return [
        received
        async for page in ledger.events_of_persons(spans)
        for event in page
        if (received := as_incoming(ledger.publisher, event).received({})) is not None
    ]
