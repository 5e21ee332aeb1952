"""One address gets so many messages a day, over all persons and whoever declares it."""

from datetime import timedelta

import pytest

from services.notifications.domain.delivery.daily_limits import CARERS
from services.notifications.handlers.circle.members import delete_carer
from services.notifications.storage.circle import members
from shared.database.transaction import transaction
from shared.testing.person_history import HOSPITAL, PersonHistory
from tests.integration.notifications.engine import DECLARER, MORNING, Engine, carer

pytestmark = pytest.mark.services

EARLIER = """
INSERT INTO attempts
    (attempt_id, obligation_id, number, step, channel, status, claimed_at, lease_until, address)
SELECT gen_random_uuid(), gen_random_uuid(), 1, 1, 'sms', 'delivered', $1, $1, value_index
FROM generate_series(1, $2::int), (SELECT DISTINCT value_index FROM contact_points WHERE channel = 'sms') AS c
"""


async def _someone(engine: Engine, name: str) -> PersonHistory:
    person = PersonHistory(name)
    person.admit("stay", at=MORNING - timedelta(minutes=5), establishment=HOSPITAL)
    await engine.state(*person.events)
    return person


async def test_beyond_its_limit_an_address_gets_nothing_for_a_day(engine: Engine) -> None:
    rose, iris = await _someone(engine, "Rose"), await _someone(engine, "Iris")
    await engine.enrol(rose.person_id, carer("sms"))
    await engine.pool.execute(EARLIER, MORNING - timedelta(hours=23), CARERS - 1)
    await engine.turn()
    assert len(engine.sms.messages) == 1
    await engine.enrol(iris.person_id, carer("sms"))
    await engine.turn()
    assert len(engine.sms.messages) == 1
    ends = "SELECT status, reason FROM obligations WHERE person_id = $1"
    assert [tuple(row) for row in await engine.pool.fetch(ends, iris.person_id)] == [
        ("expired", "no_contact")
    ]
    assert await engine.pool.fetchval("SELECT count(*) FROM human_tasks") == 1


async def test_what_an_address_got_counts_after_it_was_revoked_and_declared_again(engine: Engine) -> None:
    rose = await _someone(engine, "Rose")
    for _ in range(2):
        carer_id = await engine.enrol(rose.person_id, carer("sms"))
        await engine.turn()
        async with engine.broken_glass(rose.person_id):
            assert await delete_carer(
                engine.dependencies, principal=DECLARER, person_id=rose.person_id, carer_id=carer_id
            )
    counted = "SELECT count(*), count(DISTINCT address) FROM attempts WHERE address IS NOT NULL"
    assert tuple(await engine.pool.fetchrow(counted)) == (2, 1)


async def test_those_of_one_batch_count_before_they_are_sent(engine: Engine) -> None:
    for name in ("Rose", "Iris", "Lise"):
        person = await _someone(engine, name)
        await engine.enrol(person.person_id, carer("sms"))
    await engine.pool.execute(EARLIER, MORNING, CARERS - 2)
    ids = [row["member_id"] for row in await engine.pool.fetch("SELECT member_id FROM members")]
    async with transaction(engine.pool) as connection:
        found = await members.lock_recipients(connection, ids, sending_at=MORNING)
    assert sorted(len(each.addresses) for each in found.values()) == [0, 1, 1]
