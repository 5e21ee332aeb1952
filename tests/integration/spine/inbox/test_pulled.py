"""What was pulled from a ledger is applied as if the broker had brought it, beside a running consumer."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.database.pool import Connection, Pool
from shared.events.admission import AccessRevoked
from shared.spine.inbox.applied import Applied
from shared.spine.inbox.applier import NO_CLUSTER, Applier, Route
from shared.spine.inbox.outcome import applied_state
from shared.spine.inbox.separate import WAITS
from shared.spine.records.cloud_events import WRONG_PAYLOAD
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.spine.records.received import ReceivedEvent
from shared.testing.records import NOW, WRONG, event_id, incoming
from tests.integration.spine.batches import REFUSED, claim_partition, record_effects, refusing

pytestmark = pytest.mark.services


def applier(pool: Pool, route: Route = record_effects) -> Applier:
    return Applier(pool, routes={AccessRevoked: route}, dependencies=None)


async def effects(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM effects")
    return count


async def until_someone_waits_for_a_lock(pool: Pool, task: "asyncio.Task[Applied]") -> None:
    while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert not task.done()


async def test_it_is_applied_once_in_whatever_way_it_comes_and_moves_no_position(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    first, second = incoming(subject, 1), incoming(subject, 2)
    applied = await applier(pool).apply_pulled([first])
    assert [event.event_id for event in applied.events] == [event_id(first)]
    assert await pool.fetchval("SELECT next_offset FROM checkpoint") == 0
    applied = await applier(pool).apply(partition.batch([first, second]))
    assert ([event.event_id for event in applied.events], applied.duplicates) == ([event_id(second)], 1)
    applied = await applier(pool).apply_pulled([first, second])
    assert (applied.events, applied.duplicates) == ([], 2)
    assert await effects(pool) == 2


async def test_it_waits_behind_a_parked_event_of_its_stream(pool: Pool) -> None:
    partition = await claim_partition(pool)
    subject = uuid4()
    await applier(pool).apply(partition.batch([incoming(subject, 2, reason=WRONG)]))
    before, behind, elsewhere = incoming(subject, 1), incoming(subject, 3), incoming(uuid4(), 3)
    applied = await applier(pool).apply_pulled([behind, before, elsewhere])
    assert {event.event_id for event in applied.events} == {event_id(before), event_id(elsewhere)}
    assert [(record.incoming, record.reason) for record in applied.newly_parked] == [(behind, WAITS)]
    assert await pool.fetchval("SELECT cluster_id FROM parked WHERE sequence = 3") == NO_CLUSTER


async def test_one_that_a_use_case_finds_wrong_is_parked_and_the_rest_applied(pool: Pool) -> None:
    bad, good = incoming(uuid4(), 1), incoming(uuid4(), 1)
    applied = await applier(pool, refusing(event_id(bad))).apply_pulled([bad, good])
    assert [event.event_id for event in applied.events] == [event_id(good)]
    assert [record.reason for record in applied.newly_parked] == [REFUSED]


async def test_it_waits_for_the_batch_in_flight_and_drops_what_that_applied(pool: Pool) -> None:
    partition = await claim_partition(pool)
    record = incoming(uuid4(), 1)
    pulled: list[asyncio.Task[Applied]] = []

    async def pulled_meanwhile(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(None, connection, events)
        pulled.append(asyncio.create_task(applier(pool).apply_pulled([record])))
        await until_someone_waits_for_a_lock(pool, pulled[0])

    await applier(pool, pulled_meanwhile).apply(partition.batch([record]))
    assert ((await pulled[0]).duplicates, await effects(pool)) == (1, 1)


async def test_a_batch_waits_for_it_and_drops_what_it_applied(pool: Pool) -> None:
    partition = await claim_partition(pool)
    record = incoming(uuid4(), 1)
    batches: list[asyncio.Task[Applied]] = []

    async def consumed_meanwhile(_: object, connection: Connection, events: Sequence[ReceivedEvent]) -> None:
        await record_effects(None, connection, events)
        batches.append(asyncio.create_task(applier(pool).apply(partition.batch([record]))))
        await until_someone_waits_for_a_lock(pool, batches[0])

    await applier(pool, consumed_meanwhile).apply_pulled([record])
    assert ((await batches[0]).duplicates, await effects(pool)) == (1, 1)


async def test_beside_a_consumer_of_the_same_people_neither_ends_the_other(pool: Pool) -> None:
    partition = await claim_partition(pool)
    people = sorted(uuid4() for _ in range(5))
    records = [[incoming(person, sequence) for person in people] for sequence in range(1, 21)]

    async def consume() -> None:
        for share in records:
            batch = partition.batch(share)
            await applier(pool).apply(batch)
            partition.moved(batch)

    async def pull() -> None:
        for share in reversed(records):
            await applier(pool).apply_pulled(share[::-1])

    await asyncio.gather(consume(), pull(), pull())
    assert await effects(pool) == 100


def ledger_event(data: bytes, *, id_: UUID) -> LedgerEvent:
    return LedgerEvent(
        event_id=id_,
        subject=uuid4(),
        sequence=1,
        type="relais.admission.access-revoked.v1",
        occurred_at=NOW,
        recorded_at=NOW + timedelta(seconds=1),
        data=msgspec.Raw(data),
        trace={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    )


async def test_an_event_of_a_ledger_is_read_as_the_broker_would_have_brought_it(pool: Pool) -> None:
    good = ledger_event(b'{"key_id":"0195f2b8-7d3c-7c11-a7b2-1a1a1a1a1a1a"}', id_=uuid4())
    bad = ledger_event(b'{"key_id":7}', id_=uuid4())
    applied = await applier(pool).apply_pulled([as_incoming("admission", each) for each in (good, bad)])
    assert [(event.event_id, event.recorded_at, event.trace) for event in applied.events] == [
        (good.event_id, good.recorded_at, good.trace)
    ]
    assert [record.reason for record in applied.newly_parked] == [WRONG_PAYLOAD]
    assert (await applied_state(pool, bad.event_id)).state == "parked"
    assert await pool.fetchval("SELECT value FROM parked") == b'{"key_id":7}'
