"""How many statements one event's way to the phone takes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.notifications.consumers import ROUTES
from services.notifications.handlers.delivery.dispatch import dispatch
from shared.database.pool import open_pool
from shared.spine.inbox.applier import Applier
from shared.testing.person_history import PersonHistory, minutes
from shared.testing.records import as_read
from tests.integration.notifications.engine import Engine
from tests.integration.spine.batches import claim_partition

pytestmark = pytest.mark.services


@asynccontextmanager
async def asked(engine: Engine) -> AsyncIterator[list[str]]:
    """The statements of the block, which come over the pool's one connection; hints to the relay aside."""
    statements: list[str] = []

    def hear(record: Any) -> None:
        if not record.query.startswith("NOTIFY"):
            statements.append(record.query)

    async with engine.pool.acquire(timeout=10) as connection:
        connection.add_query_logger(hear)
    yield statements
    async with engine.pool.acquire(timeout=10) as connection:
        connection.remove_query_logger(hear)


@pytest.fixture
async def engine(create_database: Callable[..., str]) -> AsyncIterator[Engine]:
    """With one connection, so that nothing is asked over another."""
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test", max_size=1) as pool:
        yield Engine(pool)


async def test_one_event_on_its_way_to_the_phone_asks_the_database_no_more_than_it_did(
    engine: Engine,
) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id)
    await engine.turn()
    engine.now = minutes(63)
    partition = await claim_partition(engine.pool)
    discharge = as_read(rose.discharge("stay", at=minutes(61)), offset=0)
    async with asked(engine) as applying:
        applier = Applier(engine.pool, routes=ROUTES, dependencies=engine.dependencies)
        await applier.apply(partition.batch([discharge]))
    async with asked(engine) as claiming:
        (departure,) = await engine.claim()
    async with asked(engine) as telling:
        await dispatch(engine.dependencies, "sms", departure)
    # BEGIN and COMMIT included; what is copied into a table is not counted.
    assert (len(applying), len(claiming), len(telling)) == (13, 8, 6)
