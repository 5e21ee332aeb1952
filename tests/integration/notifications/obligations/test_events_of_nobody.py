"""Nobody is told of what admission never recorded, and whoever was told learns that it was an error."""

from uuid import UUID

import pytest
from msgspec.structs import asdict, replace

from services.notifications.handlers.obligations.take_back_facts import take_back_facts
from shared.database.transaction import transaction
from shared.events.admission import PersonsMerged
from shared.events.envelope import RecordedEvent
from shared.events.registry import TYPES
from shared.spine.records.received import ReceivedEvent
from shared.testing.person_history import PersonHistory, id_of, minutes
from tests.integration.notifications.engine import Engine
from tests.integration.notifications.obligations.test_changed_facts import NIGHT

pytestmark = pytest.mark.services


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


def _of_nobody(event: RecordedEvent) -> RecordedEvent:
    return replace(event, event_id=id_of("nobody", event.event_id))


async def _take_back(engine: Engine, foreign: RecordedEvent, *recorded: RecordedEvent) -> None:
    known = [
        ReceivedEvent(
            **asdict(event), type=TYPES[type(event.data)], topic="relais.test", partition=0, offset=0
        )
        for event in recorded
    ]
    async with transaction(engine.pool) as connection:
        await connection.execute("DELETE FROM inbox WHERE event_id = $1", foreign.event_id)
        await take_back_facts(engine.dependencies, connection, [foreign.event_id], known)


async def test_what_was_held_for_the_morning_is_never_told(engine: Engine, rose: PersonHistory) -> None:
    foreign = _of_nobody(rose.admit("stay", at=minutes(13 * 60)))
    await engine.state(foreign)
    engine.now = NIGHT
    await engine.enrol(rose.person_id)
    await _take_back(engine, foreign)
    await engine.after(hours=10)
    assert engine.sms.messages == []


async def test_whoever_was_told_of_a_stay_of_nobody_is_told_that_it_was_an_error(
    engine: Engine, rose: PersonHistory
) -> None:
    foreign = _of_nobody(rose.admit("stay", at=minutes(0)))
    await engine.state(foreign)
    await engine.enrol(rose.person_id)
    await engine.turn()
    await _take_back(engine, foreign)
    await engine.turn()
    assert len(engine.sms.messages) == 2
    assert "ERREUR" in engine.sms.messages[1].text


async def test_the_real_event_of_the_same_movement_is_told_as_any_other(
    engine: Engine, rose: PersonHistory
) -> None:
    real = rose.admit("stay", at=minutes(0))
    foreign = replace(_of_nobody(real), data=replace(real.data, unit="9999"))
    await engine.state(foreign)
    await _take_back(engine, foreign, real)
    await engine.state(real)
    await engine.enrol(rose.person_id)
    await engine.turn()
    assert len(engine.sms.messages) == 1


async def test_an_establishment_that_nobody_heard_of_has_no_access_left(
    engine: Engine, rose: PersonHistory
) -> None:
    foreign = _of_nobody(rose.admit("stay", at=minutes(0)))
    await engine.state(foreign)
    await _take_back(engine, foreign)
    assert await engine.pool.fetch("SELECT FROM presence") == []
    assert {row["person_id"] for row in await engine.pool.fetch("SELECT person_id FROM persons")} == {
        UUID(str(rose.person_id))
    }


async def test_a_merge_that_was_stated_stays_when_its_copy_is_taken_back(
    engine: Engine, rose: PersonHistory
) -> None:
    iris, at = PersonHistory("Iris"), minutes(0)
    merge = PersonsMerged(
        merge_id=id_of("merge"), surviving=rose.person_id, merged=iris.person_id, revision=1
    )
    stated = [person.append(merge, occurred_at=at, recorded_at=at) for person in (rose, iris)]
    copy = replace(_of_nobody(stated[0]), sequence=9)
    await engine.state(*stated, copy)
    shared = "SELECT person_id FROM shared_circles"
    assert len(await engine.pool.fetch(shared)) == 2
    await _take_back(engine, copy, *stated)
    assert len(await engine.pool.fetch(shared)) == 2
    assert await engine.pool.fetchval("SELECT count(*) FROM merges") == 1
