"""Pathway's database, its routes and the ledger that it consumes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from services.pathway.domain.rules import RULES
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.wiring import SERVICE
from shared.database.pool import open_pool
from shared.spine.service.rebuild import projection_of
from tests.integration.spine.rebuild.population import evening
from tests.integration.spine.rebuild.scene import Scene


@pytest.fixture
async def scene(create_database: Callable[..., str]) -> AsyncIterator[Scene]:
    database_url = await asyncio.to_thread(create_database, "pathway")
    async with open_pool(database_url, application_name="test") as pool:
        dependencies = Dependencies(pool=pool, clock=evening, rules=RULES)
        projection = projection_of(SERVICE, dependencies, evening)
        yield Scene(pool, database_url, projection)
