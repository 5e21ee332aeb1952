"""A database of notifications for each test."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from shared.database.pool import Pool, open_pool


@pytest.fixture
async def notifications(create_database: Callable[..., str]) -> AsyncIterator[Pool]:
    """Connections to it."""
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test", max_size=8) as pool:
        yield pool
