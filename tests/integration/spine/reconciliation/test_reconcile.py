"""Every loss is found, named and repaired, whatever its cause, and nothing is explained away."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from shared.database.transaction import transaction
from shared.spine.reconciliation.hours import sealed_hours
from shared.spine.reconciliation.hours.windows import hour_of
from shared.spine.reconciliation.ledger.client import PublisherUnavailable
from shared.spine.reconciliation.repair import reconciler as reconciling
from shared.spine.reconciliation.repair.reconciler import Reconciler
from shared.spine.reconciliation.repair.result import Result
from tests.integration.spine.reconciliation.two_sides import START, Sides

pytestmark = pytest.mark.services


@pytest.fixture
def reconciler(sides: Sides) -> Reconciler:
    return Reconciler(sides.consumer, sides.ledger, sides.puller(), sides.taker())


async def reconcile_twice(reconciler: Reconciler, sides: Sides) -> Result:
    """A cell that differs is examined the next time, if its deficit has not shrunk."""
    await reconciler.reconcile()
    sides.clock.passes(seconds=30)
    return await reconciler.reconcile()


async def count_sealed(sides: Sides) -> int:
    count: int = await sides.consumer.pool.fetchval("SELECT count(*) FROM seals WHERE state = 'sealed'")
    return count


async def test_what_never_came_is_named_pulled_and_applied(sides: Sides, reconciler: Reconciler) -> None:
    events = await sides.record(*[uuid4() for _ in range(50)] * 2)
    lost = events[7:30:5]
    await sides.apply([event for event in events if event not in lost])
    sides.clock.passes(minutes=1)
    found = await reconcile_twice(reconciler, sides)
    assert (found.short, found.mended.pulled, found.unexplained) == (len(lost), len(lost), 0)
    assert await sides.applied() == {event.event_id for event in events}
    sides.clock.passes(seconds=30)
    found = await reconciler.reconcile()
    assert (found.short, found.mended.pulled, found.unexplained) == (0, 0, 0)


async def test_what_is_on_its_way_is_left_alone(sides: Sides, reconciler: Reconciler) -> None:
    events = await sides.record(*[UUID(int=16 * number) for number in range(30)])
    sides.clock.passes(seconds=10)
    assert (await reconciler.reconcile()).short == 0  # younger than the grace
    sides.clock.passes(seconds=30)
    for part in (events[:5], events[5:15], events[15:]):
        assert (await reconciler.reconcile()).mended.pulled == 0
        await sides.apply(part)
        sides.clock.passes(seconds=30)
    assert (await reconciler.reconcile()).short == 0


async def test_a_loss_in_an_hour_that_was_sealed_long_ago_is_found(
    sides: Sides, reconciler: Reconciler
) -> None:
    for _ in range(6):
        events = await sides.record(*[uuid4() for _ in range(5)])
        await sides.apply(events)
        sides.clock.passes(hours=1)
    await sides.seal_ledger()
    await reconciler.reconcile()
    assert await count_sealed(sides) >= 5
    first = (await sides.consumer.pool.fetch("SELECT event_id FROM inbox ORDER BY recorded_at LIMIT 3"))[:]
    ids = {row["event_id"] for row in first}
    await sides.consumer.pool.execute("DELETE FROM inbox WHERE event_id = ANY($1::uuid[])", list(ids))
    await sides.consumer.pool.execute("DELETE FROM effects WHERE event_id = ANY($1::uuid[])", list(ids))
    pulled = 0
    for _ in range(5):
        sides.clock.passes(seconds=30)
        pulled += (await reconciler.reconcile()).mended.pulled
    assert (pulled, ids <= await sides.applied()) == (3, True)


async def test_what_the_publisher_does_not_know_is_said_and_stays_said(
    sides: Sides, reconciler: Reconciler
) -> None:
    events = await sides.record(*[uuid4() for _ in range(5)])
    await sides.apply(events)
    stranger = events[2]
    await sides.publisher.pool.execute("DELETE FROM ledger WHERE event_id = $1", stranger.event_id)
    sides.clock.passes(seconds=31)  # at the first comparison after the grace
    for _ in range(2):
        found = await reconciler.reconcile()
        assert (found.mended.unknown, found.unexplained) == (1, 1)
        assert found.mended.unknown_named[0].event_id == stranger.event_id


async def test_a_wrong_time_of_recording_is_taken_over_from_the_ledger(
    sides: Sides, reconciler: Reconciler
) -> None:
    events = await sides.record(*[uuid4() for _ in range(20)])
    await sides.apply(events)
    # As the migration leaves it: when it was applied.
    later = START + timedelta(hours=3)
    await sides.consumer.pool.execute("UPDATE inbox SET recorded_at = $1, establishment = NULL", later)
    sides.clock.passes(hours=5)
    found = await reconciler.reconcile()
    assert (found.mended.corrected, found.mended.pulled, found.unexplained) == (20, 0, 0)
    assert await sides.consumer.pool.fetchval("SELECT array_agg(DISTINCT recorded_at) FROM inbox") == [START]
    assert await sides.consumer.pool.fetchval("SELECT count(*) FROM inbox WHERE establishment IS NULL") == 0
    sides.clock.passes(seconds=30)
    assert (await reconciler.reconcile()).short == 0


async def test_what_is_parked_or_was_dismissed_is_explained(sides: Sides, reconciler: Reconciler) -> None:
    events = await sides.record(*[uuid4() for _ in range(4)])
    await sides.park(events[:2])
    await sides.consumer.pool.execute(
        "UPDATE parked SET state = 'dismissed' WHERE event_id = $1", events[0].event_id
    )
    await sides.apply(events[2:])
    sides.clock.passes(minutes=1)
    found = await reconcile_twice(reconciler, sides)
    assert (found.short, found.mended.pulled, found.unexplained) == (0, 0, 0)


async def test_a_consumer_that_starts_from_nothing_gets_everything(
    sides: Sides, reconciler: Reconciler
) -> None:
    events = []
    for _ in range(4):
        events += await sides.record(*[uuid4() for _ in range(20)])
        sides.clock.passes(hours=20)
    await sides.seal_ledger()
    pulled = (await reconcile_twice(reconciler, sides)).mended.pulled
    assert pulled == 64 or pulled == len(events)
    for _ in range(3):
        sides.clock.passes(seconds=30)
        await reconciler.reconcile()
    assert await sides.applied() == {event.event_id for event in events}


async def test_nothing_is_concluded_while_the_publisher_is_away(sides: Sides, reconciler: Reconciler) -> None:
    await sides.record(uuid4())
    sides.traffic.away = True
    with pytest.raises(PublisherUnavailable):
        await reconciler.reconcile()
    assert await sides.consumer.pool.fetchval("SELECT count(*) FROM reconciliations") == 0


async def test_an_hour_is_sealed_once_equal_and_opened_by_whoever_writes_into_it(
    sides: Sides, reconciler: Reconciler
) -> None:
    events = await sides.record(*[uuid4() for _ in range(10)])
    await sides.apply(events[:9])
    sides.clock.passes(hours=2)
    assert (await reconciler.reconcile()).short == 1
    side = sides.consumer.inbox_side("admission")
    start = hour_of(START)

    async def state() -> str:
        found: str = await side.pool.fetchval("SELECT state FROM seals WHERE window_start = $1", start)
        return found

    assert await state() != "sealed"
    await sides.apply(events[9:])
    sides.clock.passes(seconds=30)
    await reconciler.reconcile()
    assert await state() == "sealed"
    await sides.forget(events[3:4])
    await sides.apply(events[3:4])
    assert await state() == "open"


async def test_counting_begins_when_those_who_wrote_before_have_ended(sides: Sides) -> None:
    await sides.record(uuid4())
    sides.clock.passes(hours=2)
    side = sides.consumer.inbox_side("admission")
    starts = await sealed_hours.unsealed(side, first=START, now=sides.clock())
    async with transaction(side.pool) as writer:
        await writer.fetchval("SELECT pg_current_xact_id()")
        counting = asyncio.ensure_future(sealed_hours.start_counting(side, starts))
        while not await side.pool.fetchval("SELECT EXISTS (SELECT FROM seals WHERE state = 'counting')"):
            assert not counting.done()
        assert not counting.done()
    assert await counting


async def test_while_a_person_holds_consuming_up_nothing_is_called_missing(
    sides: Sides, reconciler: Reconciler
) -> None:
    await sides.record(uuid4())
    await sides.consumer.pool.execute("INSERT INTO pauses VALUES ('consumer', 'Ada', 'a repair', now())")
    sides.clock.passes(minutes=1)
    held = await reconcile_twice(reconciler, sides)
    assert (held.short, held.mended.missing, held.unexplained) == (1, 0, 0)


async def test_while_a_person_holds_consuming_up_what_nobody_published_is_said_all_the_same(
    sides: Sides, reconciler: Reconciler
) -> None:
    [stranger] = await sides.record(uuid4())
    await sides.apply([stranger])
    await sides.publisher.pool.execute("DELETE FROM outbox")
    await sides.publisher.pool.execute("DELETE FROM ledger")
    await sides.consumer.pool.execute("INSERT INTO pauses VALUES ('consumer', 'Ada', 'a repair', now())")
    sides.clock.passes(minutes=1)
    held = await reconcile_twice(reconciler, sides)
    assert (held.mended.unknown, held.mended.missing) == (1, 0)


async def test_a_late_writer_between_counting_and_closing_keeps_the_hour_open(sides: Sides) -> None:
    events = await sides.record(*[uuid4() for _ in range(3)])
    await sides.apply(events[:2])
    sides.clock.passes(hours=2)
    side = sides.consumer.inbox_side("admission")
    starts = await sealed_hours.unsealed(side, first=START, now=sides.clock())
    assert await sealed_hours.start_counting(side, starts)
    counted = await side.count(START, START + timedelta(hours=1))
    await sides.apply(events[2:])
    await sealed_hours.seal(side, counted, now=sides.clock())
    assert await side.pool.fetchval("SELECT state FROM seals WHERE window_start = $1", START) == "open"


async def test_a_publisher_held_up_for_long_opens_the_hour_that_it_had_counted(sides: Sides) -> None:
    await sides.record(uuid4())
    stamped = sides.clock()
    sides.clock.passes(hours=2)
    await sides.seal_ledger()
    now, sides.clock.now = sides.clock(), stamped
    await sides.record(uuid4())
    sides.clock.now = now
    told = [window async for part in sides.ledger.digests(since=None, until=now) for window in part.windows]
    assert [window.total for window in told] == [2]
    await sides.seal_ledger()
    assert await sides.publisher.pool.fetchval("SELECT total FROM seals WHERE window_start = $1", START) == 2


async def test_what_can_be_mended_does_not_wait_behind_what_never_can(
    sides: Sides, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "MAX_CELLS", 2)
    strangers = await sides.record(*[UUID(int=number) for number in range(4)])
    await sides.apply(strangers)
    await sides.publisher.pool.execute("DELETE FROM ledger")
    sides.clock.passes(hours=1)
    await sides.record(UUID(int=5))
    sides.clock.passes(minutes=1)
    await reconciler.reconcile()
    pulled = 0
    for _ in range(3):
        sides.clock.passes(seconds=30)
        pulled += (await reconciler.reconcile()).mended.pulled
    assert pulled == 1


async def test_hours_that_stay_different_for_ever_do_not_hide_newer_ones(
    sides: Sides, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_hours, "MAX_WINDOWS", 4)
    for _ in range(6):
        await sides.apply(await sides.record(uuid4()))
        sides.clock.passes(hours=1)
    await sides.publisher.pool.execute("DELETE FROM ledger")
    lost = await sides.record(uuid4())
    sides.clock.passes(hours=2)
    pulled = 0
    for _ in range(3):
        sides.clock.passes(seconds=30)
        pulled += (await reconciler.reconcile()).mended.pulled
    assert (pulled, {event.event_id for event in lost} <= await sides.applied()) == (1, True)
