"""A publisher's ledger behind its API, and a consumer that may ask it; each on a spine of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from shared.database.pool import Pool, open_pool
from shared.security.principal import sha256_of
from shared.spine.reconciliation import inbox_api, ledger_api
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.peer import Peer
from shared.web.app import create_app
from tests.integration.reconciliation.two_sides import KEY, Clock, Sides, Traffic
from tests.integration.shared.conftest import create_spine


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
        _spine(create_database) as publisher,
        _spine(create_database) as consumer,
        httpx.AsyncClient(transport=traffic.through(httpx.ASGITransport(app))) as client,
    ):
        peer = Peer(client, publisher="admission", url="http://admission", key=KEY)
        ledger = Books(
            service="admission", pool=publisher, clock=clock, consumes=[], peers={}, key_sha256=sha256_of(KEY)
        )
        app.state.books = ledger
        app.state.authenticator = ledger.authenticator()
        books = Books(
            service="indicators",
            pool=consumer,
            clock=clock,
            consumes=["admission"],
            peers={"admission": peer},
            key_sha256="",
        )
        yield Sides(ledger=ledger, books=books, peer=peer, client=client, clock=clock, traffic=traffic)
