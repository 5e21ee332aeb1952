"""The facts of notifications are rebuilt; circles and what was sent stay as they are."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from services.notifications.wiring import SERVICE
from shared.database.pool import open_pool
from shared.events.admission import PersonsMerged
from shared.events.envelope import RecordedEvent
from shared.spine.service.rebuild import projection_of
from shared.testing.person_history import HOSPITAL, PersonHistory, id_of, movement_of
from tests.integration.notifications.engine import MORNING, Engine
from tests.integration.spine.rebuild.scene import Scene

pytestmark = pytest.mark.services

TOLD = ("obligations", "attempts", "members", "contact_points", "transitions", "human_tasks", "page_tokens")
PUBLISHED = ("ledger", "outbox", "inbox")


@pytest.fixture
async def engine(create_database: Callable[..., str]) -> AsyncIterator[tuple[Engine, Scene]]:
    database_url = await asyncio.to_thread(create_database, "notifications")
    async with open_pool(database_url, application_name="test") as pool:
        engine = Engine(pool)
        clock = lambda: engine.now  # noqa: E731
        yield engine, Scene(pool, database_url, projection_of(SERVICE, engine.dependencies, clock))


def admitted(name: str) -> list[RecordedEvent]:
    person = PersonHistory(name)
    person.admit("stay", at=MORNING, establishment=HOSPITAL)
    person.discharge("stay", at=MORNING, establishment=HOSPITAL, mode="home")
    return person.events


async def told(scene: Scene) -> dict[str, Any]:
    """Whatever says who was told what, and what others heard of it."""
    return {table: await scene.rows(table) for table in (*TOLD, *PUBLISHED)}


async def families_are_told(engine: Engine, scene: Scene) -> None:
    """Three persons; a carer of the first two hears of the admission and of the discharge. All is settled."""
    for name in ("Rose", "Louis"):
        admission, _ = admitted(name)
        await scene.happen([admission])
        await engine.enrol(admission.subject)
        await scene.happen(admitted(name)[1:])
    await scene.happen(admitted("nobody's"))
    await engine.turn()
    assert len(engine.sms.messages) > 0
    await engine.after(days=2)


async def test_healthy_facts_are_equal_and_nobody_is_told_again(engine: tuple[Engine, Scene]) -> None:
    office, scene = engine
    await families_are_told(office, scene)
    before, said, sent = await scene.projected(), await told(scene), len(office.sms.messages)
    made = await scene.rebuild()
    assert [(each.table, each.is_equal, each.live) for each in made.tables] == [
        ("facts", True, 6),
        ("presence", True, 3),
        ("merges", True, 0),
        ("shared_circles", True, 0),
        ("relations", True, 0),
        ("obligations", True, 4),
    ]
    assert (await scene.projected(), await told(scene)) == (before, said)
    await office.after(minutes=10)
    assert (len(office.sms.messages), await told(scene)) == (sent, said)


async def test_persons_who_are_one_are_one_again_and_nobody_is_told_again(
    engine: tuple[Engine, Scene],
) -> None:
    office, scene = engine
    await families_are_told(office, scene)
    rose, louis = (PersonHistory(name, events=admitted(name)) for name in ("Rose", "Louis"))
    at = office.now
    merge = PersonsMerged(
        merge_id=id_of("merge"), surviving=rose.person_id, merged=louis.person_id, revision=1
    )
    for person in (rose, louis):
        person.append(merge, occurred_at=at, recorded_at=at)
    for event in admitted("Louis"):
        louis.hand_over(movement_of(event).movement_id, rose, reason="merged")
    await scene.happen([*rose.events[2:], *louis.events[2:]])
    await office.after(minutes=10)
    before, said = await scene.projected(), await told(scene)
    made = await scene.rebuild()
    assert {each.table: each.is_equal for each in made.tables} == dict.fromkeys(
        ("facts", "presence", "merges", "shared_circles", "relations", "obligations"), True
    )
    assert (await scene.projected(), await told(scene)) == (before, said)
    assert len(await scene.rows("shared_circles")) == 2


async def test_lost_facts_come_back_and_nobody_is_told_again(engine: tuple[Engine, Scene]) -> None:
    office, scene = engine
    await families_are_told(office, scene)
    before, said, sent = await scene.projected(), await told(scene), len(office.sms.messages)
    await scene.pool.execute("DELETE FROM facts WHERE sequence = 1")
    await scene.pool.execute("DELETE FROM presence")
    nobodys = admitted("nobody's")[0].subject
    await scene.pool.execute("DELETE FROM persons WHERE person_id = $1", nobodys)
    facts, presence, _, _, _, obligations = (await scene.rebuild()).tables
    assert (facts.only_made, presence.only_made, obligations.is_equal) == (3, 3, True)
    assert await scene.projected() == before
    assert await scene.pool.fetchval("SELECT true FROM persons WHERE person_id = $1", nobodys)
    await office.after(minutes=10)
    assert (len(office.sms.messages), await told(scene)) == (sent, said)


async def test_the_next_fact_is_told_once_on_the_new_tables_and_on_the_earlier_ones(
    engine: tuple[Engine, Scene],
) -> None:
    office, scene = engine
    await families_are_told(office, scene)
    await scene.rebuild()
    rose = PersonHistory("Rose", events=admitted("Rose"))
    for number in (1, 2):
        sent = len(office.sms.messages)
        rose.admit(f"later stay {number}", at=office.now, establishment=HOSPITAL)
        await scene.happen(rose.events[-1:])
        await office.after(minutes=10)
        assert len(office.sms.messages) == sent + 1
        assert len(await scene.rows("facts")) == 6 + number
        await scene.undo()


async def test_an_obligation_that_is_missing_is_shown_and_not_made(engine: tuple[Engine, Scene]) -> None:
    office, scene = engine
    await families_are_told(office, scene)
    one = await scene.pool.fetchrow("SELECT obligation_id, person_id FROM obligations LIMIT 1")
    await scene.pool.execute("DELETE FROM obligations WHERE obligation_id = $1", one["obligation_id"])
    said = await told(scene)
    *_, obligations = (await scene.rebuild()).tables
    assert (obligations.only_made, obligations.persons) == (1, (str(one["person_id"]),))
    assert await told(scene) == said
