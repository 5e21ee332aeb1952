"""Nothing is lost while the two projections are swapped."""

import asyncio
from typing import Any

import pytest

from shared.database.pool import open_pool
from shared.database.transaction import transaction
from shared.spine.rebuild.projection import RebuildError
from tests.integration.spine.rebuild.population import population, transferred
from tests.integration.spine.rebuild.scene import Scene

pytestmark = pytest.mark.services


async def test_what_comes_during_the_rebuild_is_in_the_result(scene: Scene) -> None:
    await scene.happen(population())
    later = iter(population(20)[len(population()) :])

    async def meanwhile() -> None:
        if event := next(later, None):
            await scene.happen([event])

    scene.ledgers["admission"].meanwhile = meanwhile
    await scene.rebuild()
    assert len(await scene.rows("inbox")) > len(population())
    fresh = await scene.projected()
    applied = {row["event_id"] for row in await scene.pool.fetch("SELECT event_id FROM inbox")}
    stored = {row["event_id"] for row in await scene.pool.fetch("SELECT event_id FROM movement_events")}
    assert applied == stored
    scene.ledgers["admission"].meanwhile = None
    await scene.drop_previous()
    made = await scene.rebuild()
    assert all(each.is_equal for each in made.tables)
    assert await scene.projected() == fresh


async def test_a_batch_that_waits_for_the_exchange_finds_the_new_tables(scene: Scene) -> None:
    """With statements that its session prepared on the old ones."""
    await scene.happen(population(4))
    first, second, third, *last = transferred("one more")
    batch: asyncio.Task[Any] | None = None
    # One comes while the ledgers are read, one more each time that the rest is looked at; at the third look
    # no batch commits any more.
    comes_before = iter([[first], [second], [third]])

    async def and_another_comes() -> None:
        nonlocal batch
        if coming := next(comes_before, None):
            await scene.happen(coming)
            return
        scene.record(last)
        batch = asyncio.create_task(scene.apply(last))
        while not await scene.pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert not batch.done()

    ledger = scene.ledgers["admission"]

    async def once() -> None:
        ledger.meanwhile = None
        await and_another_comes()

    ledger.meanwhile, ledger.then = once, and_another_comes
    await scene.rebuild()
    assert batch is not None
    assert len((await batch).events) == len(last)
    applied = await scene.pool.fetch("SELECT event_id FROM inbox ORDER BY event_id")
    assert applied == await scene.pool.fetch("SELECT event_id FROM movement_events ORDER BY event_id")
    assert len(applied) == len(population(4)) + 5


async def test_a_migration_that_came_meanwhile_stops_the_exchange(scene: Scene) -> None:
    await scene.happen(population(2))
    before = await scene.projected()

    async def migrated() -> None:
        await scene.pool.execute("UPDATE alembic_version SET version_num = 'a later one'")

    scene.ledgers["admission"].meanwhile = migrated
    with pytest.raises(RebuildError, match="migrated meanwhile"):
        await scene.rebuild()
    assert (await scene.projected(), await scene.schemas()) == (before, set())
    with pytest.raises(RebuildError, match="migrate first"):
        await scene.rebuild()


async def test_a_reader_that_takes_long_is_not_waited_for(scene: Scene) -> None:
    """The exchange steps back, so that others are not kept waiting behind it, and comes again."""
    await scene.happen(population(2))

    async def until_someone_waits(expected: bool) -> None:
        while await scene.pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)") != expected:
            assert not rebuilding.done()

    async with open_pool(scene.database_url, application_name="reader") as pool:
        async with transaction(pool) as reader:
            await reader.fetchval("SELECT count(*) FROM pathways")
            rebuilding = asyncio.create_task(scene.rebuild())
            await until_someone_waits(True)
            await until_someone_waits(False)
        assert (await rebuilding).done == "swapped"
