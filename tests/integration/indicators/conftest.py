"""A migrated database of indicators' own for each test, the service on it, and its API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from services.indicators.settings import Settings
from services.indicators.wiring import Service, create_api, open_service, serving
from shared.events.admission import AccessGranted, Scope
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION
from shared.security.principal import new_key
from shared.testing.person_history import id_of
from tests.integration.indicators.delivery import Delivery
from tests.unit.indicators.stated_facts import march

NOW = march(31)

GrantKey = Callable[..., Awaitable[dict[str, str]]]


@pytest.fixture
async def service(create_database: Callable[..., str]) -> AsyncIterator[Service]:
    database_url = await asyncio.to_thread(create_database, "indicators")
    settings = Settings(database_url=database_url, kafka_bootstrap="")
    async with open_service(settings, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def delivery(service: Service) -> Delivery:
    return Delivery(service)


@asynccontextmanager
async def _never(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app = create_api(_never)
    transport = httpx.ASGITransport(app)
    async with (
        serving(app, service),
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
