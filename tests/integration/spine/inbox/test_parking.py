"""A wrong event holds up its own subject and no other."""

import base64
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.database.pool import Pool
from shared.events.admission import AccessRevoked
from shared.spine.inbox.applier import Applier, Route
from shared.spine.inbox.outcome import applied_state
from shared.spine.inbox.parking import ParkingCapReached
from shared.spine.inbox.separate import WAITS
from shared.testing.records import WRONG, event_id, incoming, unreadable
from tests.integration.spine.batches import REFUSED, claim_partition, record_effects, refusing

pytestmark = pytest.mark.services


def applier(pool: Pool, route: Route = record_effects, *, cap: int = 1000) -> Applier:
    return Applier(pool, routes={AccessRevoked: route}, parking_cap=cap, dependencies=None)


async def parked(pool: Pool) -> list[tuple[UUID | None, str]]:
    rows = await pool.fetch("SELECT event_id, reason FROM parked ORDER BY id")
    return [(row["event_id"], row["reason"]) for row in rows]


async def test_a_rejected_event_is_parked_and_the_rest_of_the_batch_applied(pool: Pool) -> None:
    partition = await claim_partition(pool)
    good, bad, also_good = incoming(uuid4(), 1), incoming(uuid4(), 1), incoming(uuid4(), 1)
    batch = partition.batch([good, bad, also_good])
    applied = await applier(pool, refusing(event_id(bad))).apply(batch)
    assert [event.event_id for event in applied.events] == [event_id(good), event_id(also_good)]
    assert await parked(pool) == [(event_id(bad), REFUSED)]
    assert applied.parked_total == 1
    assert (await applied_state(pool, event_id(bad))).state == "parked"
    assert await pool.fetchval("SELECT count(*) FROM effects") == 2


async def test_later_events_of_its_subject_wait_behind_it_in_sequence_order(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    first, bad, third, fourth = (incoming(subject, sequence) for sequence in (1, 2, 3, 4))
    applied = await applier(pool, refusing(event_id(bad))).apply(partition.batch([first, bad, fourth, third]))
    assert [event.event_id for event in applied.events] == [event_id(first)]
    assert await parked(pool) == [
        (event_id(bad), REFUSED),
        (event_id(third), WAITS),
        (event_id(fourth), WAITS),
    ]


async def test_a_blocked_subject_stays_blocked_in_later_batches(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    bad, later, elsewhere = incoming(subject, 1, reason=WRONG), incoming(subject, 2), incoming(uuid4(), 1)
    batch = partition.batch([bad])
    await applier(pool).apply(batch)
    partition.moved(batch)
    applied = await applier(pool).apply(partition.batch([later, elsewhere]))
    assert [event.event_id for event in applied.events] == [event_id(elsewhere)]
    assert await parked(pool) == [(event_id(bad), WRONG), (event_id(later), WAITS)]


async def test_an_earlier_event_of_a_blocked_subject_is_applied(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    batch = partition.batch([incoming(subject, 5, reason=WRONG)])
    await applier(pool).apply(batch)
    partition.moved(batch)
    late = incoming(subject, 4)
    applied = await applier(pool).apply(partition.batch([late]))
    assert [event.event_id for event in applied.events] == [event_id(late)]


async def test_what_is_parked_or_was_decided_on_is_not_touched_when_it_comes_again(pool: Pool) -> None:
    partition = await claim_partition(pool)
    bad = incoming(uuid4(), 1)
    batch = partition.batch([bad])
    await applier(pool, refusing(event_id(bad))).apply(batch)
    partition.moved(batch)
    again = partition.batch([bad])
    applied = await applier(pool).apply(again)
    partition.moved(again)
    assert (applied.events, applied.duplicates, len(await parked(pool))) == ([], 1, 1)
    await pool.execute("UPDATE parked SET state = 'dismissed'")
    applied = await applier(pool).apply(partition.batch([bad]))
    assert (applied.events, applied.duplicates) == ([], 1)


async def test_an_applied_event_is_not_parked_when_it_comes_again_behind_a_parked_one(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    second = incoming(subject, 2)
    batch = partition.batch([second])
    await applier(pool).apply(batch)
    partition.moved(batch)
    applied = await applier(pool).apply(partition.batch([incoming(subject, 1, reason=WRONG), second]))
    assert applied.parked_total == 1
    assert (await applied_state(pool, event_id(second))).state == "applied"


async def test_what_cannot_be_read_is_parked_whole_under_its_place(pool: Pool) -> None:
    partition = await claim_partition(pool)
    good = incoming(uuid4(), 1)
    applied = await applier(pool).apply(partition.batch([unreadable(), good]))
    assert [event.event_id for event in applied.events] == [event_id(good)]
    row = await pool.fetchrow("SELECT * FROM parked")
    assert (row["event_id"], row["subject"], row["key"], row["value"]) == (None, None, b"\xff", b"\x00")
    assert (row["topic"], row["partition"], row["record_offset"], row["cluster_id"]) == (
        "relais.admission",
        0,
        0,
        "cluster",
    )


async def test_a_parked_event_keeps_its_raw_value_and_headers(pool: Pool) -> None:
    partition = await claim_partition(pool)
    bad = incoming(uuid4(), 1, reason=WRONG)
    await applier(pool).apply(partition.batch([bad]))
    row = await pool.fetchrow("SELECT value, headers, state, parked_at, settled_at FROM parked")
    assert row["value"] == bad.value
    assert msgspec.json.decode(row["headers"]) == [
        ["ce_id", base64.b64encode(str(event_id(bad)).encode()).decode()]
    ]
    assert (row["state"], row["settled_at"]) == ("parked", None)


async def test_beyond_the_cap_nothing_is_parked_and_nothing_committed(pool: Pool) -> None:
    partition = await claim_partition(pool)
    batch = partition.batch([incoming(uuid4(), 1, reason=WRONG) for _ in range(3)])
    with pytest.raises(ParkingCapReached):
        await applier(pool, cap=2).apply(batch)
    assert await parked(pool) == []
    assert await pool.fetchval("SELECT next_offset FROM checkpoint") == 0
    await applier(pool, cap=3).apply(batch)


async def test_an_unreadable_record_is_parked_once_but_another_one_at_its_place_too(pool: Pool) -> None:
    partition = await claim_partition(pool)
    after_the_tail_was_lost = msgspec.structs.replace(unreadable(), value=b"other")
    await applier(pool).apply(partition.batch([unreadable(), unreadable(), after_the_tail_was_lost]))
    assert await pool.fetchval("SELECT count(*) FROM parked") == 2
