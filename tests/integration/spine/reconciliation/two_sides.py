"""Lets tests record, apply and lose events on two sides, and watch what the consumer asks the publisher."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from msgspec.structs import replace

from shared.database.pool import Connection
from shared.database.transaction import transaction
from shared.events.admission import AccessGranted, AccessRevoked
from shared.events.envelope import NewEvent, RecordedEvent
from shared.security.principal import new_key
from shared.spine.inbox.applier import Applier
from shared.spine.outbox.append import append
from shared.spine.parked.context import ParkedContext
from shared.spine.pause.gate import Gate
from shared.spine.reconciliation.context import ReconciliationContext
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.spine.reconciliation.ledger.seal_ledger import seal_ledger
from shared.spine.reconciliation.repair.puller import Puller
from shared.spine.reconciliation.repair.take_back import Taker
from shared.testing.records import WRONG, as_read
from tests.integration.spine.batches import record_effects

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOSPITAL = "440000057"
KEY = new_key()[0]


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Traffic:
    """Every request to the publisher; none gets through while it is away."""

    asked: list[str] = field(default_factory=list)
    away: bool = False

    def through(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        traffic = self

        class Watched(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                traffic.asked.append(request.url.path)
                if traffic.away:
                    raise httpx.ConnectError("away")
                return await transport.handle_async_request(request)

        return Watched()


async def forget_effects(
    _: object, connection: Connection, event_ids: Sequence[UUID], _recorded: object = ()
) -> None:
    """What a service does that only knows effects."""
    await connection.execute("DELETE FROM effects WHERE event_id = ANY($1::uuid[])", list(event_ids))


@dataclass
class Sides:
    publisher: ReconciliationContext
    consumer: ReconciliationContext
    ledger: LedgerClient
    """How the consumer asks the publisher."""
    client: httpx.AsyncClient
    clock: Clock
    traffic: Traffic

    @property
    def applier(self) -> Applier:
        return Applier(
            self.consumer.pool,
            routes={AccessRevoked: record_effects, AccessGranted: record_effects},
            clock=self.clock,
            dependencies=None,
        )

    async def record(self, *subjects: UUID, establishment: str | None = HOSPITAL) -> list[RecordedEvent]:
        """One event per mention of a subject, recorded now."""
        events = [
            NewEvent(
                event_id=uuid4(),
                subject=subject,
                occurred_at=self.clock(),
                data=AccessGranted(
                    key_id=uuid4(),
                    key_sha256="0" * 64,
                    source_id=subject,
                    scopes=("read",),
                    establishment=establishment,
                ),
            )
            for subject in subjects
        ]
        async with transaction(self.publisher.pool) as connection:
            return await append(connection, publisher="admission", events=events, recorded_at=self.clock())

    async def seal_ledger(self) -> None:
        """The publisher's duty, once."""
        await seal_ledger(self.publisher.ledger_side, self.clock)

    def puller(self) -> Puller:
        return Puller(self.applier, gate=Gate(self.consumer.pool, "consumer"))

    def taker(self) -> Taker:
        return Taker(
            ParkedContext(self.consumer.pool, self.applier, self.clock), forget_effects, dependencies=None
        )

    async def park(self, events: Sequence[RecordedEvent]) -> None:
        """They reach the consumer, which finds them wrong."""
        wrong = [replace(as_read(event), data=None, reason=WRONG) for event in events]
        await self.applier.apply_pulled(wrong)

    async def apply(self, events: Sequence[RecordedEvent]) -> None:
        """They reach the consumer."""
        await self.applier.apply_pulled([as_read(event) for event in events])

    async def forget(self, events: Sequence[RecordedEvent]) -> None:
        """The consumer loses them, and their effects."""
        ids = [event.event_id for event in events]
        await self.consumer.pool.execute("DELETE FROM inbox WHERE event_id = ANY($1::uuid[])", ids)
        await self.consumer.pool.execute("DELETE FROM effects WHERE event_id = ANY($1::uuid[])", ids)

    async def applied(self) -> set[UUID]:
        rows = await self.consumer.pool.fetch("SELECT event_id FROM inbox JOIN effects USING (event_id)")
        return {row["event_id"] for row in rows}
