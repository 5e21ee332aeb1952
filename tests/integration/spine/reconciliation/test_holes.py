"""A skipped sequence number is pulled at once, and reported when the publisher does not have it."""

from uuid import uuid4

import pytest

from shared.spine.reconciliation.repair.fill_holes import count_absent, fill_holes
from shared.testing.records import as_read
from tests.integration.spine.reconciliation.two_sides import Sides

pytestmark = pytest.mark.services


async def noted(sides: Sides) -> list[int]:
    rows = await sides.consumer.pool.fetch("SELECT sequence FROM holes ORDER BY sequence")
    return [row["sequence"] for row in rows]


async def test_a_skipped_number_is_noted_and_all_that_is_missing_before_it_is_pulled(sides: Sides) -> None:
    rose, alix = uuid4(), uuid4()
    events = await sides.record(*[rose] * 7, alix, alix)
    applied = await sides.applier.apply_pulled(
        [as_read(event) for event in (events[0], events[6], events[7])]
    )
    assert (applied.holes, await noted(sides)) == (1, [6])
    assert await fill_holes(sides.consumer, sides.ledger, sides.puller()) == 5
    assert await sides.applied() == {event.event_id for event in events[:8]}
    assert (await noted(sides), len(sides.traffic.asked)) == ([], 1)


async def test_a_number_that_comes_with_its_successor_or_is_parked_or_applied_is_no_hole(
    sides: Sides,
) -> None:
    events = await sides.record(*[uuid4()] * 6)
    applier = sides.applier
    assert (await applier.apply_pulled([as_read(event) for event in (events[1], events[0])])).holes == 0
    assert (await applier.apply_pulled([as_read(events[2])])).holes == 0
    await sides.park([events[3]])
    assert (await applier.apply_pulled([as_read(events[4])])).holes == 0
    assert await noted(sides) == []


async def test_a_number_that_the_publisher_lacks_is_asked_for_once_and_stays_said(sides: Sides) -> None:
    events = await sides.record(*[uuid4()] * 4)
    await sides.publisher.pool.execute("DELETE FROM ledger WHERE sequence IN (2, 3)")
    await sides.apply([events[0], events[3]])
    for _ in range(3):
        assert await fill_holes(sides.consumer, sides.ledger, sides.puller()) == 0
    assert len(sides.traffic.asked) == 1
    assert (await noted(sides), await count_absent(sides.consumer.pool, "admission")) == ([2, 3], 2)
    await sides.apply(events[1:3])  # found after all
    await fill_holes(sides.consumer, sides.ledger, sides.puller())
    assert await noted(sides) == []


async def test_a_hole_waits_while_a_person_holds_consuming_up(sides: Sides) -> None:
    events = await sides.record(*[uuid4()] * 2)
    await sides.apply(events[1:])
    await sides.consumer.pool.execute("INSERT INTO pauses VALUES ('consumer', 'Ada', 'a repair', now())")
    assert await fill_holes(sides.consumer, sides.ledger, sides.puller()) == 0
    await sides.consumer.pool.execute("DELETE FROM pauses")
    assert await fill_holes(sides.consumer, sides.ledger, sides.puller()) == 1
    assert await noted(sides) == []
