"""A database with nothing but the spine in it, and pools on it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Column, MetaData, Table, Uuid
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from shared.database.pool import Pool, open_pool
from shared.spine.tables import spine_tables


async def create_spine(database_url: str) -> None:
    """Create the tables in an empty database."""
    metadata = MetaData()
    spine_tables(metadata)
    # What the tests' use cases write: one row per applied event, a second one would be refused.
    Table("effects", metadata, Column("event_id", Uuid, primary_key=True))
    address = database_url.replace("postgresql:", "postgresql+asyncpg:", 1)
    engine = create_async_engine(address, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


@pytest.fixture
async def spine_database(create_database: Callable[..., str]) -> str:
    """The address of an empty spine."""
    database_url = await asyncio.to_thread(create_database)
    await create_spine(database_url)
    return database_url


@pytest.fixture
async def pool(spine_database: str) -> AsyncIterator[Pool]:
    """Connections to the test's spine."""
    async with open_pool(spine_database, application_name="test", max_size=16) as opened:
        yield opened
