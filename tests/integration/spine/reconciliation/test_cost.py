"""A comparison costs as much as has changed, not as much as is stored."""

import json
from datetime import datetime

import pytest

from shared.database.pool import Pool
from shared.spine.reconciliation.hours import counting
from shared.spine.reconciliation.hours.counting import Side
from shared.spine.reconciliation.hours.windows import BUCKETS, HOUR
from shared.spine.reconciliation.ledger import events as ledger_events
from shared.spine.reconciliation.repair.reconciler import Reconciler
from tests.integration.spine.reconciliation.two_sides import START, Sides

pytestmark = pytest.mark.services

# The same events on both sides: `hours` of them with `count` each.
FILL = """
WITH made AS (
    SELECT gen_random_uuid() AS event_id, md5('person' || number)::uuid AS subject, hour + 1 AS sequence,
        $3::timestamptz + hour * interval '1 hour' + number * interval '1 second' AS recorded_at
    FROM generate_series(0, $1::int - 1) AS hour, generate_series(1, $2::int) AS number
    ORDER BY hour, number
)
INSERT INTO ledger (event_id, subject, sequence, type, occurred_at, recorded_at, establishment, data)
SELECT event_id, subject, sequence, 'relais.admission.access-revoked.v1', recorded_at, recorded_at, 'A', '{}'
FROM made
RETURNING event_id, subject, sequence, recorded_at
"""
HOLD = """
INSERT INTO inbox (event_id, publisher, subject, sequence, recorded_at, establishment, applied_at)
SELECT event_id, 'admission', subject, sequence, recorded_at, 'A', now()
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])
    AS made (event_id, subject, sequence, recorded_at)
"""
# Counting as `shared.spine.reconciliation.hours.counting` does it.
PLAN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "


async def fill(sides: Sides, *, hours: int, count: int) -> None:
    rows = await sides.publisher.pool.fetch(FILL, hours, count, START)
    await sides.consumer.pool.execute(HOLD, *map(list, zip(*rows, strict=True)))
    sides.clock.passes(hours=hours, minutes=10)
    for pool in (sides.publisher.pool, sides.consumer.pool):
        await pool.execute("VACUUM ANALYZE")  # brings the range indexes up to date, as it does in service


async def blocks_read(pool: Pool, side: Side, since: datetime) -> int:
    """How many blocks of the tables and indexes it takes to count an hour."""
    query = PLAN + counting.COUNT.replace("HELD", side.held)
    text = await pool.fetchval(query, side.publisher, since, since + HOUR)
    plan = json.loads(text)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


@pytest.mark.parametrize("hours", [10, 400])
async def test_only_hours_that_are_not_sealed_are_compared(sides: Sides, hours: int) -> None:
    await fill(sides, hours=hours, count=20)
    await sides.seal_ledger()
    reconciler = Reconciler(sides.consumer, sides.ledger, sides.puller(), sides.taker())
    assert (await reconciler.reconcile()).windows >= hours
    sides.clock.passes(seconds=30)
    before = len(sides.traffic.asked)
    found = await reconciler.reconcile()
    # The open hour; the sweep asks for its few sealed ones.
    assert (found.windows, found.short) == (1, 0)
    assert 2 <= len(sides.traffic.asked) - before <= 5
    assert await sides.publisher.pool.fetchval("SELECT count(*) FROM seals WHERE state = 'sealed'") >= hours


async def test_an_hour_is_counted_without_reading_the_others(sides: Sides) -> None:
    await fill(sides, hours=200, count=500)
    at = START + 100 * HOUR
    for side, table in (
        (sides.consumer.inbox_side("admission"), "inbox"),
        (sides.publisher.ledger_side, "ledger"),
    ):
        counted = await side.count_each([(at, at + HOUR)])
        assert [window.total for window in counted.values()] == [500]
        all_blocks = await side.pool.fetchval("SELECT pg_relation_size($1::text::regclass) / 8192", table)
        assert await blocks_read(side.pool, side, at) < all_blocks / 4


async def test_a_page_of_a_cell_is_read_without_searching_its_hour_again(sides: Sides) -> None:
    await fill(sides, hours=1, count=3_500)
    pool = sides.publisher.pool
    first = await ledger_events.events_of_cell(pool, window=START, bucket=3, after=0, last=None, limit=20)
    assert first.after is not None
    query = PLAN + ledger_events.CELL
    end = first.after + 20 * BUCKETS
    text = await pool.fetchval(query, START, START + HOUR, 3, first.after, end, 20)
    plan = json.loads(text)[0]["Plan"]
    all_blocks = await pool.fetchval("SELECT pg_relation_size('ledger') / 8192")
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < all_blocks / 4
    read = [event.event_id async for page in sides.ledger.events(START, 3) for event in page]
    held = await pool.fetchval("SELECT count(*) FROM ledger WHERE get_byte(uuid_send(subject), 15) % 16 = 3")
    assert (len(read), len(set(read))) == (held, held)
