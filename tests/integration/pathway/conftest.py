"""A migrated database of pathway's own for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI

from services.pathway.settings import Settings
from services.pathway.wiring import create_api, open_service, serving
from shared.database.pool import open_pool
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
        async with open_service(settings, clock=delivery.clock) as service, serving(app, service):
            yield

    application = create_api(lifespan)
    async with application.router.lifespan_context(application):
        yield application
