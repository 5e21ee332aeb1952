"""How many statements one event's way to the phone takes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.notifications.consumers import ROUTES
from services.notifications.handlers.delivery.dispatch import dispatch
from shared.database.pool import open_pool
from shared.spine.inbox.application import Applier
from shared.testing.person_history import PersonHistory, minutes
from shared.testing.records import as_read
from tests.integration.notifications.desk import Desk
from tests.integration.shared.batches import claim_partition

pytestmark = pytest.mark.services


@asynccontextmanager
async def asked(desk: Desk) -> AsyncIterator[list[str]]:
    """The statements of the block, which come over the pool's one connection; hints to the relay aside."""
    statements: list[str] = []

    def hear(record: Any) -> None:
        if not record.query.startswith("NOTIFY"):
            statements.append(record.query)

    async with desk.pool.acquire(timeout=10) as connection:
        connection.add_query_logger(hear)
    yield statements
    async with desk.pool.acquire(timeout=10) as connection:
        connection.remove_query_logger(hear)


@pytest.fixture
async def desk(create_database: Callable[..., str]) -> AsyncIterator[Desk]:
    """With one connection, so that nothing is asked over another."""
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test", max_size=1) as pool:
        yield Desk(pool)


async def test_one_event_on_its_way_to_the_phone_asks_the_database_no_more_than_it_did(desk: Desk) -> None:
    rose = PersonHistory("Rose")
    await desk.state(rose.admit("stay", at=minutes(0)))
    await desk.enrol(rose.person_id)
    await desk.turn()
    desk.now = minutes(63)
    partition = await claim_partition(desk.pool)
    discharge = as_read(rose.discharge("stay", at=minutes(61)), offset=0)
    async with asked(desk) as applying:
        applier = Applier(desk.pool, routes=ROUTES, dependencies=desk.dependencies)
        await applier.apply(partition.batch([discharge]))
    async with asked(desk) as claiming:
        (departure,) = await desk.claim()
    async with asked(desk) as telling:
        await dispatch(desk.dependencies, "sms", departure)
    # BEGIN and COMMIT included; what is copied into a table is not counted.
    assert (len(applying), len(claiming), len(telling)) == (13, 8, 6)
