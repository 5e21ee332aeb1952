"""A migrated database of indicators' own for each test, the service on it, and its API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from services.indicators.settings import Settings
from services.indicators.wiring import SERVICE
from shared.events.admission import AccessGranted, Scope
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION
from shared.security.principal import new_key
from shared.spine.service.api import connect, create_api
from shared.spine.service.opening import open_service
from shared.testing.person_history import id_of
from tests.integration.indicators.delivery import Delivery, Service
from tests.unit.indicators.stated_facts import march

NOW = march(31)

GrantKey = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
async def service(create_database: Callable[..., str]) -> AsyncIterator[Service]:
    database_url = await asyncio.to_thread(create_database, "indicators")
    settings = Settings(database_url=database_url, kafka_bootstrap="")
    async with open_service(SERVICE, settings, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def delivery(service: Service) -> Delivery:
    return Delivery(service)


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app = create_api(SERVICE)
    connect(app, service)
    transport = httpx.ASGITransport(app)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://test") as opened,
    ):
        yield opened


@pytest.fixture
def grant_key(delivery: Delivery) -> GrantKey:
    """Admission grants a key; what comes back is the header to send."""
    granted = 0

    async def grant(*scopes: Scope, establishment: str | None = None) -> dict[str, str]:
        nonlocal granted
        granted += 1
        key, key_sha256 = new_key()
        event = AccessGranted(
            key_id=id_of("key", granted),
            key_sha256=key_sha256,
            source_id=id_of("source", granted),
            scopes=scopes,
            establishment=establishment,
        )
        recorded = RecordedEvent(
            event_id=id_of("granted", granted),
            publisher=ADMISSION,
            subject=event.source_id,
            sequence=1,
            occurred_at=NOW,
            recorded_at=NOW,
            data=event,
        )
        await delivery.deliver([recorded])
        return {"authorization": f"Bearer {key}"}

    return grant
