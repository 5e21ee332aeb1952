"""A service with nothing but a spine and `/v1/parked`, and an operator who calls it over HTTP."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from fastapi import FastAPI

from shared.database.pool import Connection, Pool
from shared.events.admission import AccessRevoked
from shared.security.authentication import AUTHENTICATOR
from shared.security.principal import Principal
from shared.spine.inbox.applier import Applier
from shared.spine.parked.api import router
from shared.spine.parked.context import PARKED, parked_context
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.spine.records.received import EventRejected, ReceivedEvent
from shared.testing.records import NOW
from shared.web.app import create_app
from tests.integration.spine.batches import record_effects

REFUSED = "refused by the use case"
KEY = UUID(int=77)


def sent(
    subject: UUID, sequence: int, data: bytes = b'{"key_id":"0195f2b8-7d3c-7c11-a7b2-1a1a1a1a1a1a"}'
) -> IncomingRecord:
    """A record with all its bytes, as it can be read again later."""
    event = LedgerEvent(
        event_id=uuid4(),
        subject=subject,
        sequence=sequence,
        type="relais.admission.access-revoked.v1",
        occurred_at=NOW,
        recorded_at=NOW,
        data=msgspec.Raw(data),
    )
    return as_incoming("admission", event)


class Operators:
    """Recognises the scope that the key names, and an establishment after a colon."""

    async def authenticate(self, authorization_header: str | None) -> Principal | None:
        """See `shared.security.authentication.Authenticator`."""
        scope, _, establishment = (authorization_header or "").removeprefix("Bearer ").partition(":")
        return Principal(
            source_id=UUID(int=1),
            establishment=establishment or None,
            scopes=frozenset({scope}),  # type: ignore[arg-type]
            key_id=KEY,
        )


@dataclass
class Shop:
    """The service; a test changes what its use case finds wrong, as a repair would."""

    pool: Pool
    wrong: set[UUID] = field(default_factory=set)

    async def route(self, _: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        """Write the effects of all, then say which one is wrong."""
        await record_effects(None, connection, events)
        for event in events:
            if event.event_id in self.wrong:
                raise EventRejected(event.event_id, REFUSED)

    async def take(self, *events: IncomingRecord) -> None:
        """The events come."""
        await Applier(self.pool, routes={AccessRevoked: self.route}, dependencies=None).apply_pulled(events)

    async def park(self, *events: IncomingRecord) -> None:
        """The first of them is wrong, for now."""
        assert events[0].envelope is not None
        self.wrong.add(events[0].envelope.event_id)
        await self.take(*events)

    async def effects(self) -> list[UUID]:
        """Which events had effects."""
        return [row["event_id"] for row in await self.pool.fetch("SELECT event_id FROM effects")]

    async def states(self) -> list[tuple[str, str]]:
        """State and reason of each parked row."""
        rows = await self.pool.fetch("SELECT state, reason FROM parked ORDER BY id")
        return [(row["state"], row["reason"]) for row in rows]


@asynccontextmanager
async def asking(shop: Shop, key: str = "operator") -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        yield

    app = create_app(title="test", lifespan=lifespan, routers=[router])
    PARKED.set(app, parked_context(shop.pool, {AccessRevoked: shop.route}, dependencies=None))
    AUTHENTICATOR.set(app, Operators())
    headers = {"authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client
