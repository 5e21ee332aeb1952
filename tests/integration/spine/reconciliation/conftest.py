"""A publisher's ledger behind its API, and a consumer that may ask it; each on a spine of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from shared.database.pool import Pool, open_pool
from shared.runtime.clock import system_clock
from shared.security.authentication import AUTHENTICATOR
from shared.security.principal import sha256_of
from shared.spine.access.peers import service_authenticator
from shared.spine.reconciliation.api import inbox as inbox_api
from shared.spine.reconciliation.api import ledger as ledger_api
from shared.spine.reconciliation.context import RECONCILIATION, ReconciliationContext
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.web.app import create_app
from tests.integration.spine.conftest import create_spine
from tests.integration.spine.reconciliation.two_sides import KEY, Clock, Sides, Traffic


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _spine(create_database: Callable[..., str]) -> AsyncIterator[Pool]:
    database_url = await asyncio.to_thread(create_database)
    await create_spine(database_url)
    async with open_pool(database_url, application_name="test", max_size=8) as pool:
        yield pool


@pytest.fixture
async def sides(create_database: Callable[..., str]) -> AsyncIterator[Sides]:
    """Admission and a consumer of it, with nothing recorded yet."""
    clock, traffic = Clock(), Traffic()
    app = create_app(title="both", lifespan=_nothing, routers=[ledger_api.router, inbox_api.router])
    async with (
        _spine(create_database) as publishing_pool,
        _spine(create_database) as consuming_pool,
        httpx.AsyncClient(transport=traffic.through(httpx.ASGITransport(app))) as client,
    ):
        ledger = LedgerClient(client, publisher="admission", url="http://admission", key=KEY)
        publisher = ReconciliationContext(
            service="admission",
            pool=publishing_pool,
            clock=clock,
            consumes=[],
            ledger_clients={},
        )
        RECONCILIATION.set(app, publisher)
        AUTHENTICATOR.set(app, service_authenticator(publishing_pool, sha256_of(KEY), system_clock))
        consumer = ReconciliationContext(
            service="indicators",
            pool=consuming_pool,
            clock=clock,
            consumes=["admission"],
            ledger_clients={"admission": ledger},
        )
        yield Sides(
            publisher=publisher, consumer=consumer, ledger=ledger, client=client, clock=clock, traffic=traffic
        )
