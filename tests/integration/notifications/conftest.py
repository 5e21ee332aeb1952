"""A desk on a migrated database of its own for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from shared.database.pool import open_pool
from tests.integration.notifications.desk import Desk


@pytest.fixture
async def desk(create_database: Callable[..., str]) -> AsyncIterator[Desk]:
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test", max_size=8) as pool:
        yield Desk(pool)
