"""The facts of indicators are rebuilt from the ledgers of three publishers."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from services.indicators.handlers.dependencies import Dependencies
from services.indicators.wiring import SERVICE
from shared.database.pool import open_pool
from shared.events.envelope import RecordedEvent
from shared.spine.rebuild.projection import RebuildError
from shared.spine.service.rebuild import projection_of
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes
from tests.integration.indicators.published import carer_informed, expectation_met, expectation_opened
from tests.integration.spine.rebuild.scene import Scene

pytestmark = pytest.mark.services


@pytest.fixture
async def scene(create_database: Callable[..., str]) -> AsyncIterator[Scene]:
    database_url = await asyncio.to_thread(create_database, "indicators")
    async with open_pool(database_url, application_name="test") as pool:
        dependencies = Dependencies(pool=pool, clock=lambda: minutes(720))
        projection = projection_of(SERVICE, dependencies, dependencies.clock)
        yield Scene(pool, database_url, projection)


def stated(name: str) -> list[RecordedEvent]:
    """What three services published of one person."""
    person = PersonHistory(name)
    person.admit("stay", at=minutes(0), establishment=HOSPITAL)
    person.discharge("stay", at=minutes(60), establishment=HOSPITAL, to=REHABILITATION)
    times = {"departed": minutes(60), "due": minutes(180)}
    return [
        *person.events,
        expectation_opened(name, **times),
        expectation_met(name, **times, arrived=minutes(120)),
        carer_informed(name, fact=minutes(61), after=minutes(5) - minutes(0)),
    ]


def population(count: int) -> list[RecordedEvent]:
    return [event for number in range(count) for event in stated(f"person {number}")]


async def test_healthy_facts_are_equal(scene: Scene) -> None:
    await scene.happen(population(4))
    before, taken_in = await scene.projected(), await scene.rows("inbox")
    made = await scene.rebuild()
    assert [(each.table, each.is_equal, each.live) for each in made.tables] == [
        ("movement_facts", True, 8),
        ("reassignment_facts", True, 0),
        ("expectation_facts", True, 8),
        ("obligation_facts", True, 4),
    ]
    assert await scene.projected() == before
    assert await scene.rows("inbox") == taken_in


async def test_lost_changed_and_invented_facts_are_repaired(scene: Scene) -> None:
    await scene.happen(population(4))
    before = await scene.projected()
    await scene.pool.execute("DELETE FROM obligation_facts")
    await scene.pool.execute("UPDATE movement_facts SET establishment = 'elsewhere' WHERE sequence = 1")
    await scene.pool.execute("UPDATE expectation_facts SET event_id = gen_random_uuid() WHERE sequence = 2")
    movements, _, expectations, obligations = (await scene.rebuild()).tables
    assert (movements.different, obligations.only_made) == (4, 4)
    assert (expectations.only_live, expectations.only_made) == (4, 4)
    assert await scene.projected() == before


async def test_what_comes_during_the_rebuild_is_there_and_stays_when_it_is_undone(scene: Scene) -> None:
    await scene.happen(population(2))
    later = [stated("later"), stated("even later")]

    async def meanwhile() -> None:
        if later:
            await scene.happen(later.pop())

    scene.ledgers["pathway"].meanwhile = meanwhile
    await scene.rebuild()
    applied = {row[0] for row in await scene.rows("inbox")}
    for _ in ("the new one", "the earlier one, with what came since"):
        facts = set().union(*(await scene.projected()).values())
        assert {fact[0] for fact in facts} == applied
        await scene.happen(stated("afterwards"))
        applied = {row[0] for row in await scene.rows("inbox")}
        await scene.undo()


async def test_a_ledger_that_does_not_answer_leaves_the_facts_as_they_are(scene: Scene) -> None:
    await scene.happen(population(2))
    before = await scene.projected()

    async def away() -> None:
        raise ConnectionError("notifications: ConnectError")

    scene.ledgers["notifications"].meanwhile = away
    with pytest.raises(ConnectionError):
        await scene.rebuild()
    assert (await scene.projected(), await scene.schemas()) == (before, set())


async def test_an_event_of_a_publisher_that_is_not_consumed_any_more_stops_it(scene: Scene) -> None:
    await scene.happen(stated("one"))
    await scene.pool.execute(
        "UPDATE inbox SET publisher = 'elsewhere', event_id = gen_random_uuid() WHERE publisher = 'pathway'"
    )
    with pytest.raises(RebuildError, match="elsewhere"):
        await scene.rebuild()
