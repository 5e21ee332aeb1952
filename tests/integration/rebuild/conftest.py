"""Pathway's database, its routes and the ledger that it consumes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from services.pathway import rebuild
from services.pathway.consumers import routes
from services.pathway.domain.rules import RULES
from shared.database.pool import open_pool
from tests.integration.rebuild.population import evening
from tests.integration.rebuild.scene import Scene


@pytest.fixture
async def scene(create_database: Callable[..., str]) -> AsyncIterator[Scene]:
    database_url = await asyncio.to_thread(create_database, "pathway")
    async with open_pool(database_url, application_name="test") as pool:
        projection = rebuild.projection(routes(clock=evening, rules=RULES), evening)
        yield Scene(pool, database_url, projection)
