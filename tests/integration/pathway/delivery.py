"""Hands events to pathway as its consumer does: checkpoint, inbox, routes, one commit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.pathway.consumers import ROUTES
from services.pathway.domain.rules import RULES, Rules
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.periodic.detect_overdue_expectations import detect_overdue
from services.pathway.periodic.settle_feeds import settle_feeds
from services.pathway.periodic.take_up_plans import take_up
from shared.database.pool import Pool
from shared.events.envelope import Payload, RecordedEvent
from shared.events.registry import PAYLOADS, TYPES
from shared.spine.inbox import checkpoint
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.applier import Applier, Batch
from shared.spine.records.incoming import Envelope, IncomingRecord
from shared.testing.person_history import START

WITHOUT_FEEDS: Final = replace(RULES, feed_grace=timedelta(0), feed_settling=timedelta(0))
"""Every destination tells us all without delay, so a deadline that has passed is overdue."""


@dataclass
class Delivery:
    """Pathway's database with a consumer that takes what it is given, and a clock that stands still."""

    pool: Pool
    now: datetime = START
    lease: checkpoint.PartitionLease | None = None
    offset: int = 0
    rules: Rules = WITHOUT_FEEDS
    known: Collection[str] = frozenset(PAYLOADS)
    """The types that this release of the service knows."""

    def clock(self) -> datetime:
        return self.now

    @property
    def dependencies(self) -> Dependencies:
        return Dependencies(pool=self.pool, clock=self.clock, rules=self.rules)

    async def deliver(self, events: Sequence[RecordedEvent]) -> Applied:
        """Applies one batch."""
        lease = self.lease or await self._take_lease()
        batch = Batch(
            lease=lease,
            expected=self.offset,
            following=self.offset + len(events),
            incoming=[
                _incoming(event, self.offset + nth, known=self.known) for nth, event in enumerate(events)
            ],
            traces={self.offset + nth: event.trace for nth, event in enumerate(events)},
        )
        applier = Applier(self.pool, routes=ROUTES, dependencies=self.dependencies, clock=self.clock)
        applied = await applier.apply(batch)
        self.offset = batch.following
        return applied

    async def watch(self, at: datetime) -> None:
        """One turn of the periodic duties, at this moment."""
        self.now = at
        await take_up(self.dependencies)
        await settle_feeds(self.dependencies)
        await detect_overdue(self.dependencies)

    async def published(self) -> list[Payload]:
        """Everything in the ledger, in order."""
        rows = await self.pool.fetch("SELECT type, data FROM ledger ORDER BY id")
        return [msgspec.json.decode(row["data"], type=PAYLOADS[row["type"]]) for row in rows]

    async def documents(self) -> dict[UUID, Any]:
        """What is stored of each person, pathway and expectations; how it got there is left out."""
        pathways = await self.pool.fetch("SELECT person_id, document FROM pathways")
        expectations = await self.pool.fetch("SELECT * FROM expectations ORDER BY expectation_id")
        left_out = {"version", "trace"}
        return {
            row["person_id"]: (
                msgspec.json.decode(row["document"]),
                [
                    {name: value for name, value in each.items() if name not in left_out}
                    for each in expectations
                    if each["person_id"] == row["person_id"]
                ],
            )
            for row in pathways
        }

    async def _take_lease(self) -> checkpoint.PartitionLease:
        self.lease, _ = await checkpoint.take_lease(
            self.pool,
            consumer_group="relais-pathway",
            cluster_id="test",
            topic="relais.admission",
            partition=0,
        )
        await checkpoint.reset(self.pool, self.lease, self.offset)
        return self.lease


def _incoming(event: RecordedEvent, offset: int, *, known: Collection[str]) -> IncomingRecord:
    return IncomingRecord(
        topic="relais.admission",
        partition=0,
        offset=offset,
        key=str(event.subject).encode(),
        value=msgspec.json.encode(event.data),
        headers=(),
        envelope=Envelope(
            event_id=event.event_id,
            publisher=event.publisher,
            subject=event.subject,
            sequence=event.sequence,
            type=TYPES[type(event.data)],
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            trace=event.trace,
        ),
        data=event.data if TYPES[type(event.data)] in known else None,
    )
