"""Is pathway's projection made anew, without anything being published twice?"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest

from services.pathway import rebuild
from services.pathway.consumers import routes
from services.pathway.domain.rules import RULES
from services.pathway.storage.tables import metadata
from shared.db.migrations import drift
from shared.db.pool import open_pool
from shared.events.envelope import RecordedEvent
from shared.rebuild.projection import RebuildError
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.integration.rebuild.scene import Scene

pytestmark = pytest.mark.services


@pytest.fixture
async def scene(create_database: Callable[..., str]) -> AsyncIterator[Scene]:
    database_url = await asyncio.to_thread(create_database, "pathway")
    async with open_pool(database_url, application_name="test") as pool:
        projection = rebuild.projection(routes(clock=evening, rules=RULES), evening)
        yield Scene(pool, database_url, projection)


def evening() -> datetime:
    """All that happens in these tests is over; whoever did not arrive is overdue."""
    return minutes(720)


def transferred(name: str, *, arrives: bool = True) -> list[RecordedEvent]:
    """Six hours of a person's life, over two establishments."""
    person = PersonHistory(name)
    person.admit("stay", at=minutes(0), establishment=HOSPITAL)
    person.discharge("stay", at=minutes(90), establishment=HOSPITAL, to=REHABILITATION, mode="transfer")
    if arrives:
        person.admit("next stay", at=minutes(150), establishment=REHABILITATION)
        person.transfer("next stay", at=minutes(200), establishment=REHABILITATION, unit="2101")
        person.discharge("next stay", at=minutes(360), establishment=REHABILITATION, mode="home")
    return person.events


def population(count: int = 8) -> list[RecordedEvent]:
    """Persons, half of them on their way."""
    histories = [transferred(f"person {number}", arrives=number % 2 == 0) for number in range(count)]
    return [event for history in histories for event in history]


async def published(scene: Scene) -> dict[str, Any]:
    """What others have heard of this service, or will."""
    return {table: await scene.rows(table) for table in ("ledger", "outbox", "expectations", "inbox")}


async def test_a_healthy_projection_is_equal_and_nothing_is_published_again(scene: Scene) -> None:
    await scene.happen(population())
    before, said = await scene.projected(), await published(scene)
    made = await scene.rebuild()
    assert (made.done, made.in_motion, made.events) == ("swapped", 0, len(population()))
    assert [(each.table, each.is_equal, each.live) for each in made.tables] == [
        ("movement_events", True, len(population())),
        ("pathways", True, 8),
        ("expectations", True, 8),
    ]
    assert all(each.live_digest == each.made_digest for each in made.tables)
    assert await scene.projected() == before
    assert await published(scene) == said
    assert await asyncio.to_thread(drift, metadata, scene.database_url) == []


async def test_a_damaged_projection_is_repaired_and_the_persons_are_named(scene: Scene) -> None:
    await scene.happen(population())
    before, said = await scene.projected(), await published(scene)
    lost, changed = await scene.pool.fetch("SELECT person_id FROM pathways ORDER BY person_id LIMIT 2")
    await scene.pool.execute("DELETE FROM movement_events WHERE person_id = $1", lost["person_id"])
    await scene.pool.execute("DELETE FROM pathways WHERE person_id = $1", lost["person_id"])
    await scene.pool.execute("UPDATE pathways SET document = '{}' WHERE person_id = $1", changed["person_id"])
    made = await scene.rebuild()
    _, pathways, expectations = made.tables
    assert (pathways.only_made, pathways.different, pathways.only_live) == (1, 1, 0)
    assert set(pathways.persons) == {str(lost["person_id"]), str(changed["person_id"])}
    assert expectations.is_equal
    assert await scene.projected() == before
    assert await published(scene) == said


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


async def test_the_earlier_projection_comes_back_with_what_was_applied_since(scene: Scene) -> None:
    await scene.happen(population(4))
    damaged = await scene.pool.fetchval("SELECT min(person_id::text) FROM pathways")
    await scene.pool.execute("UPDATE pathways SET document = '{}' WHERE person_id = $1::uuid", damaged)
    await scene.rebuild()
    repaired = await scene.projected()
    await scene.happen(transferred("someone who came later"))
    said = await published(scene)
    undone = await scene.undo()
    assert undone.done == "undone"
    earlier = await scene.projected()
    assert (
        await scene.pool.fetchval("SELECT document FROM pathways WHERE person_id = $1::uuid", damaged) == "{}"
    )
    assert len(earlier["pathways"]) == len(repaired["pathways"]) + 1
    assert await published(scene) == said
    assert (await scene.undo()).done == "undone"
    assert (await scene.projected())["pathways"] > repaired["pathways"]


async def test_cancelled_in_the_middle_it_leaves_the_live_one_as_it_was(scene: Scene) -> None:
    await scene.happen(population())
    await scene.pool.execute("UPDATE pathways SET document = '{}'")
    before, said = await scene.projected(), await published(scene)
    in_the_middle = asyncio.Event()

    async def stuck() -> None:
        in_the_middle.set()
        await asyncio.Event().wait()

    scene.ledgers["admission"].meanwhile = stuck
    task = asyncio.create_task(scene.rebuild())
    await in_the_middle.wait()
    assert await scene.schemas() == {"beside", "rebuild_scratch"}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await scene.schemas() == set()
    assert (await scene.projected(), await published(scene)) == (before, said)
    scene.ledgers["admission"].meanwhile = None
    assert (await scene.rebuild()).done == "swapped"


async def test_what_a_killed_run_left_behind_is_dropped_by_the_next(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.pool.execute("CREATE SCHEMA beside")
    await scene.pool.execute("CREATE TABLE beside.pathways (half integer)")
    await scene.pool.execute("CREATE SCHEMA rebuild_scratch")
    assert (await scene.rebuild()).done == "swapped"
    assert await scene.schemas() == {"beside"}


async def test_compared_only_it_leaves_nothing_behind(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.pool.execute("DELETE FROM pathways")
    made = await scene.rebuild(swap=False)
    assert (made.done, made.tables[1].only_made) == ("compared", 2)
    assert await scene.schemas() == set()
    assert await scene.rows("pathways") == set()


async def test_an_earlier_projection_is_not_lost_by_another_rebuild(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.rebuild()
    with pytest.raises(RebuildError, match="still kept"):
        await scene.rebuild()
    assert (await scene.drop_previous()).done == "dropped"
    assert (await scene.drop_previous()).done == "nothing"
    with pytest.raises(RebuildError, match="no earlier projection"):
        await scene.undo()


async def test_what_is_parked_or_was_dismissed_is_no_part_of_it(scene: Scene) -> None:
    """Nor what waits behind it; a dismissed one holds nobody up."""
    await scene.happen(population(2))
    parked, dismissed = transferred("parked"), transferred("dismissed")
    scene.record([*parked, *dismissed])
    await scene.apply([parked[0]])
    await _park(scene, parked[1], "parked")
    await _park(scene, dismissed[0], "dismissed")
    await scene.apply(dismissed[1:])
    before = await scene.projected()
    made = await scene.rebuild()
    assert all(each.is_equal for each in made.tables)
    assert made.in_motion == 0
    assert await scene.projected() == before


async def _park(scene: Scene, event: RecordedEvent, state: str) -> None:
    await scene.pool.execute(
        """
        INSERT INTO parked (state, reason, parked_at, event_id, publisher, subject, sequence, cluster_id,
            topic, partition, record_offset, record_sha256, headers)
        VALUES ($1, 'wrong', now(), $2, $3, $4, $5, 'test', 'test', 0, $5, sha256(''), '')
        """,
        state,
        event.event_id,
        event.publisher,
        event.subject,
        event.sequence,
    )


async def test_events_that_the_service_has_not_received_yet_are_published_when_they_come(
    scene: Scene,
) -> None:
    """They are in the projection early; they are not applied early."""
    await scene.happen(population(2))
    coming = transferred("on the way", arrives=False)
    scene.record(coming)
    made = await scene.rebuild()
    assert made.in_motion == 1
    assert len(await scene.rows("pathways")) == 3
    said = await published(scene)
    applied = await scene.apply(coming)
    assert len(applied.events) == len(coming)
    opened_and_overdue = 2
    assert len(await scene.rows("ledger")) == len(said["ledger"]) + opened_and_overdue


async def test_an_event_that_no_ledger_holds_stops_it(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.apply(transferred("only here"))
    with pytest.raises(RebuildError, match="in no ledger"):
        await scene.rebuild()
    assert await scene.schemas() == set()


async def test_two_at_once_are_one_too_many(scene: Scene) -> None:
    await scene.happen(population(2))
    refused: list[str] = []

    async def another() -> None:
        if not refused:
            with pytest.raises(RebuildError) as why:
                await scene.rebuild()
            refused.append(str(why.value))

    scene.ledgers["admission"].meanwhile = another
    await scene.rebuild()
    assert refused == ["another rebuild of this service is under way"]
