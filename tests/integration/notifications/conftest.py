"""An engine on a migrated database of its own for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from shared.database.pool import open_pool
from tests.integration.notifications.engine import Engine


@pytest.fixture
async def engine(create_database: Callable[..., str]) -> AsyncIterator[Engine]:
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test", max_size=8) as pool:
        yield Engine(pool)
