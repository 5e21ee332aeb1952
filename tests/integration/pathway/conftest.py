"""A migrated database of pathway's own for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from services.pathway.settings import Settings
from services.pathway.wiring import SERVICE
from shared.database.pool import open_pool
from shared.spine.service.api import connect, create_api
from shared.spine.service.opening import open_service
from tests.integration.pathway.delivery import Delivery


@pytest.fixture
async def database_url(create_database: Callable[..., str]) -> str:
    return await asyncio.to_thread(create_database, "pathway")


@pytest.fixture
async def delivery(database_url: str) -> AsyncIterator[Delivery]:
    async with open_pool(database_url, application_name="test") as pool:
        yield Delivery(pool)


@pytest.fixture
async def app(database_url: str, delivery: Delivery) -> AsyncIterator[FastAPI]:
    """The application as it is served, its clock that of the test."""
    settings = Settings(database_url=database_url, kafka_bootstrap="127.0.0.1:1")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_service(SERVICE, settings, clock=delivery.clock) as opened:
            connect(app, opened)
            yield

    application = create_api(SERVICE, lifespan=lifespan)
    async with application.router.lifespan_context(application):
        yield application
