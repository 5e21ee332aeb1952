"""What a publisher never recorded is taken back, and the real event gets the number that it had taken."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION, TYPES
from shared.spine.inbox.insert import SEQUENCE_TAKEN
from shared.spine.reconciliation.repair.reconciler import Reconciler
from shared.spine.reconciliation.repair.take_back import MOST
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.pulled import LedgerEvent, as_incoming
from tests.integration.spine.reconciliation.two_sides import Sides

PERSON = UUID(int=7)


@pytest.fixture
def reconciler(sides: Sides) -> Reconciler:
    return Reconciler(sides.consumer, sides.ledger, sides.puller(), sides.taker())


async def of_nobody(sides: Sides, *subjects: UUID) -> list[RecordedEvent]:
    """Events of which their publisher knows nothing."""
    events = await sides.record(*subjects)
    for table in ("outbox", "ledger", "subjects"):
        await sides.publisher.pool.execute(f"DELETE FROM {table}")  # noqa: S608
    return events


def _with_its_headers(event: RecordedEvent) -> IncomingRecord:
    """As the broker brings it, so that it can be read again after parking."""
    return as_incoming(
        ADMISSION,
        LedgerEvent(
            event_id=event.event_id,
            subject=event.subject,
            sequence=event.sequence,
            type=TYPES[type(event.data)],
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            data=msgspec.Raw(msgspec.json.encode(event.data)),
        ),
    )


async def compare(reconciler: Reconciler, sides: Sides, *, times: int) -> Sequence[int]:
    """What each comparison finds that nobody recorded."""
    found = []
    for _ in range(times):
        sides.clock.passes(seconds=31)
        found.append((await reconciler.reconcile()).mended.unknown)
    return found


async def test_the_real_event_gets_its_number_back_and_the_other_one_never_counts(
    sides: Sides, reconciler: Reconciler
) -> None:
    [foreign] = await of_nobody(sides, PERSON)
    await sides.apply([foreign])
    real, following = await sides.record(PERSON, PERSON)
    await sides.applier.apply_pulled([_with_its_headers(real), _with_its_headers(following)])
    reasons = await sides.consumer.pool.fetch("SELECT reason FROM parked ORDER BY sequence")
    assert reasons[0]["reason"] == SEQUENCE_TAKEN
    assert await compare(reconciler, sides, times=3) == [1, 1, 0]
    assert await sides.applied() == {real.event_id, following.event_id}
    await sides.apply([foreign])
    assert await sides.applied() == {real.event_id, following.event_id}
    assert (await reconciler.reconcile()).unexplained == 0
    [kept] = await sides.consumer.pool.fetch("SELECT event_id, subject, sequence FROM events_of_nobody")
    assert tuple(kept) == (foreign.event_id, PERSON, 1)


async def test_one_that_waits_parked_holds_up_nobody_any_more(sides: Sides, reconciler: Reconciler) -> None:
    await sides.park(await of_nobody(sides, PERSON))
    await sides.apply(await sides.record(uuid4()))
    await compare(reconciler, sides, times=2)
    events = await sides.record(PERSON, PERSON)
    await sides.apply(events)
    assert await sides.applied() >= {event.event_id for event in events}


async def test_a_number_beyond_all_real_ones_leaves_no_hole(sides: Sides, reconciler: Reconciler) -> None:
    *_, foreign = await of_nobody(sides, PERSON, PERSON, PERSON)
    await sides.apply([foreign])
    assert await sides.consumer.pool.fetchval("SELECT count(*) FROM holes") == 1
    await compare(reconciler, sides, times=2)
    assert await sides.consumer.pool.fetchval("SELECT count(*) FROM holes") == 0


async def test_many_at_once_are_what_a_ledger_lost_and_stay(sides: Sides, reconciler: Reconciler) -> None:
    events = await of_nobody(sides, *[uuid4() for _ in range(MOST + 1)])
    await sides.apply(events)
    await compare(reconciler, sides, times=3)
    assert await sides.applied() == {event.event_id for event in events}


async def test_nothing_is_taken_back_while_a_person_holds_consuming_up(
    sides: Sides, reconciler: Reconciler
) -> None:
    [foreign] = await of_nobody(sides, PERSON)
    await sides.apply([foreign])
    await sides.consumer.pool.execute("INSERT INTO pauses VALUES ('consumer', 'Ada', 'a look', now())")
    assert await compare(reconciler, sides, times=2) == [1, 1]
    assert await sides.applied() == {foreign.event_id}


async def test_a_key_that_nobody_granted_opens_nothing_any_more_and_the_others_do(
    sides: Sides, reconciler: Reconciler
) -> None:
    await sides.apply(await of_nobody(sides, PERSON))
    [real] = await sides.record(PERSON)
    pool = sides.consumer.pool
    await pool.execute(
        "INSERT INTO api_keys (key_sha256, key_id, source_id, scopes) VALUES ('forged', $1, $2, '{read}')",
        uuid4(),
        PERSON,
    )
    await sides.apply([real])
    await compare(reconciler, sides, times=2)
    rows = await pool.fetch("SELECT key_id FROM api_keys WHERE source_id = $1", PERSON)
    assert [row["key_id"] for row in rows] == [real.data.key_id]  # type: ignore[attr-defined]
