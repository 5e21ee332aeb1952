"""A batch is applied exactly once, or not at all."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.database.pool import Connection, Pool
from shared.events.admission import AccessRevoked
from shared.spine.inbox.applier import Applier, Route
from shared.spine.inbox.checkpoint import Fenced
from shared.spine.inbox.insert import SEQUENCE_TAKEN
from shared.spine.inbox.outcome import applied_state
from shared.spine.records.received import EventRejected, ReceivedEvent
from shared.testing.records import event_id, incoming
from tests.integration.spine.batches import Partition, claim_partition, record_effects

pytestmark = pytest.mark.services


def applier(pool: Pool, route: Route = record_effects) -> Applier:
    return Applier(pool, routes={AccessRevoked: route}, dependencies=None)


async def effects(pool: Pool) -> set[UUID]:
    return {row["event_id"] for row in await pool.fetch("SELECT event_id FROM effects")}


async def position(pool: Pool) -> int:
    offset: int = await pool.fetchval("SELECT next_offset FROM checkpoint")
    return offset


async def positions(pool: Pool) -> dict[int, int]:
    rows = await pool.fetch("SELECT partition, next_offset FROM checkpoint")
    return {row["partition"]: row["next_offset"] for row in rows}


async def test_effects_inbox_and_checkpoint_are_committed_together(pool: Pool) -> None:
    partition = await claim_partition(pool)
    record = incoming(uuid4(), 1)
    applied = await applier(pool).apply(partition.batch([record]))
    assert [event.event_id for event in applied.events] == [event_id(record)]
    assert await effects(pool) == {event_id(record)}
    assert (await applied_state(pool, event_id(record))).state == "applied"
    assert await position(pool) == 1


async def test_an_event_that_comes_again_is_not_applied_again(pool: Pool) -> None:
    partition = await claim_partition(pool)
    record = incoming(uuid4(), 1)
    twice = partition.batch([record, record])
    applied = await applier(pool).apply(twice)
    assert (len(applied.events), applied.duplicates) == (1, 1)
    partition.moved(twice)
    applied = await applier(pool).apply(partition.batch([record]))
    assert (len(applied.events), applied.duplicates) == (0, 1)


async def test_a_batch_of_a_position_already_passed_is_fenced(pool: Pool) -> None:
    partition = await claim_partition(pool)
    batch = partition.batch([incoming(uuid4(), 1)])
    await applier(pool).apply(batch)
    with pytest.raises(Fenced):
        await applier(pool).apply(batch)


async def test_the_previous_owner_of_a_partition_cannot_commit(pool: Pool) -> None:
    zombie = await claim_partition(pool)
    await claim_partition(pool)
    with pytest.raises(Fenced):
        await applier(pool).apply(zombie.batch([incoming(uuid4(), 1)]))
    assert await effects(pool) == set()


async def test_batches_of_several_partitions_are_committed_together(pool: Pool) -> None:
    partitions = [await claim_partition(pool, number) for number in range(3)]
    records = [[incoming(uuid4(), 1)], [incoming(uuid4(), 1), incoming(uuid4(), 1)], [incoming(uuid4(), 1)]]
    batches = [partition.batch(came) for partition, came in zip(partitions, records, strict=True)]
    assert len((await applier(pool).apply(*batches)).events) == 4
    assert await positions(pool) == {0: 1, 1: 2, 2: 1}


async def test_when_one_of_several_partitions_is_lost_nothing_of_the_others_is_committed(pool: Pool) -> None:
    kept, lost = await claim_partition(pool, 0), await claim_partition(pool, 1)
    await claim_partition(pool, 1)
    with pytest.raises(Fenced):
        await applier(pool).apply(kept.batch([incoming(uuid4(), 1)]), lost.batch([incoming(uuid4(), 1)]))
    assert await effects(pool) == set()
    assert await positions(pool) == {0: 0, 1: 0}


async def test_a_new_owner_waits_for_the_batch_in_flight_and_continues_after_it(pool: Pool) -> None:
    old = await claim_partition(pool)
    takeover: list[asyncio.Task[Partition]] = []

    async def taken_over_meanwhile(
        _: object, connection: Connection, events: Sequence[ReceivedEvent]
    ) -> None:
        takeover.append(asyncio.create_task(claim_partition(pool)))
        while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert not takeover[0].done()

    await applier(pool, taken_over_meanwhile).apply(old.batch([incoming(uuid4(), 1)]))
    assert (await takeover[0]).position == 1


async def test_an_event_of_an_unknown_type_is_recorded_so_that_no_hole_appears(pool: Pool) -> None:
    partition = await claim_partition(pool)
    newer, known = incoming(uuid4(), 1, known_type=False), incoming(uuid4(), 1)
    applied = await applier(pool).apply(partition.batch([newer, known]))
    assert (len(applied.events), applied.skipped, applied.duplicates) == (1, 1, 0)
    assert (await applied_state(pool, event_id(newer))).state == "applied"
    assert await effects(pool) == {event_id(known)}


async def test_an_event_of_a_type_without_a_route_is_recorded(pool: Pool) -> None:
    partition = await claim_partition(pool)
    record = incoming(uuid4(), 1)
    applied = await Applier(pool, routes={}, dependencies=None).apply(partition.batch([record]))
    assert (applied.events, applied.skipped) == ([], 1)
    assert (await applied_state(pool, event_id(record))).state == "applied"


async def test_a_bug_is_raised_and_nothing_is_committed(pool: Pool) -> None:
    partition = await claim_partition(pool)
    record = incoming(uuid4(), 1)

    async def broken(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(None, connection, events)
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await applier(pool, broken).apply(partition.batch([record]))
    assert await effects(pool) == set()
    assert await position(pool) == 0
    assert (await applied_state(pool, event_id(record))).state == "pending"


async def test_rejecting_an_event_that_is_not_in_the_batch_is_a_bug(pool: Pool) -> None:
    partition = await claim_partition(pool)

    async def confused(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        raise EventRejected(uuid4(), "of some other batch")

    with pytest.raises(EventRejected):
        await applier(pool, confused).apply(partition.batch([incoming(uuid4(), 1)]))
    assert await position(pool) == 0


async def test_a_route_gets_all_its_events_of_the_batch_in_one_call_and_in_order(pool: Pool) -> None:
    partition = await claim_partition(pool)
    calls: list[list[int]] = []

    async def note(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        calls.append([event.sequence for event in events])

    subject, other = uuid4(), uuid4()
    records = [incoming(subject, 1), incoming(other, 7), incoming(subject, 2), incoming(subject, 3)]
    await applier(pool, note).apply(partition.batch(records))
    assert calls == [[1, 7, 2, 3]]


async def test_a_route_gets_the_dependencies_of_its_service(pool: Pool) -> None:
    partition = await claim_partition(pool)
    got: list[str] = []

    async def note(dependencies: str, _: Connection, __: Sequence[ReceivedEvent]) -> None:
        got.append(dependencies)

    service = Applier(pool, routes={AccessRevoked: note}, dependencies="of the service")
    await service.apply(partition.batch([incoming(uuid4(), 1)]))
    assert got == ["of the service"]


async def test_another_event_with_a_sequence_that_is_taken_is_parked_not_swallowed(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    first, usurper = incoming(subject, 1), incoming(subject, 1)
    applied = await applier(pool).apply(partition.batch([first, usurper]))
    assert [event.event_id for event in applied.events] == [event_id(first)]
    assert [record.reason for record in applied.newly_parked] == [SEQUENCE_TAKEN]
    assert (await applied_state(pool, event_id(usurper))).state == "parked"


async def test_a_deadlock_with_another_writer_is_tried_again_and_not_for_ever(pool: Pool) -> None:
    partition = await claim_partition(pool)
    batch = partition.batch([incoming(uuid4(), 1)])
    tries = 0

    async def collide_twice(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        nonlocal tries
        tries += 1
        await record_effects(None, connection, events)
        if tries < 3:
            raise asyncpg.DeadlockDetectedError

    async def collide_always(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        raise asyncpg.DeadlockDetectedError

    with pytest.raises(asyncpg.DeadlockDetectedError):
        await applier(pool, collide_always).apply(batch)
    assert len((await applier(pool, collide_twice).apply(batch)).events) == 1
