"""Append keeps its promises when many write about the same subjects at once."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.database.pool import Pool
from shared.database.transaction import transaction
from shared.events.admission import AccessRevoked
from shared.events.envelope import NewEvent
from shared.spine.outbox.append import append

pytestmark = pytest.mark.services

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def stated(subject: UUID, *, trace: dict[str, str] | None = None) -> NewEvent:
    return NewEvent(
        event_id=uuid4(),
        subject=subject,
        occurred_at=NOW,
        data=AccessRevoked(key_id=uuid4()),
        trace=trace or {},
    )


class _GaveUpError(Exception):
    """What a use case raises after it has appended."""


async def publish(pool: Pool, events: list[NewEvent]) -> list[int]:
    async with transaction(pool) as connection:
        recorded = await append(connection, publisher="admission", events=events, recorded_at=NOW)
    return [event.sequence for event in recorded]


async def publish_and_give_up(pool: Pool, events: list[NewEvent]) -> None:
    async with transaction(pool) as connection:
        await append(connection, publisher="admission", events=events, recorded_at=NOW)
        raise _GaveUpError


async def test_sequences_are_dense_per_subject_and_follow_the_given_order(pool: Pool) -> None:
    first, second = uuid4(), uuid4()
    assert await publish(pool, [stated(each) for each in (first, second, first, first, second)]) == [
        1,
        1,
        2,
        3,
        2,
    ]
    assert await publish(pool, [stated(second), stated(first)]) == [3, 4]


async def test_a_rollback_gives_its_numbers_back(pool: Pool) -> None:
    subject = uuid4()
    await publish(pool, [stated(subject)])
    with pytest.raises(_GaveUpError):
        await publish_and_give_up(pool, [stated(subject), stated(subject)])
    assert await publish(pool, [stated(subject)]) == [2]


async def test_nothing_to_append_is_nothing_appended(pool: Pool) -> None:
    assert await publish(pool, []) == []
    assert await pool.fetchval("SELECT count(*) FROM subjects") == 0


async def test_the_ledger_keeps_the_payload_and_the_trace_as_they_are(pool: Pool) -> None:
    event = stated(uuid4(), trace={"traceparent": "00-aa-bb-01"})
    await publish(pool, [event])
    row = await pool.fetchrow("SELECT type, trace, data FROM ledger WHERE event_id = $1", event.event_id)
    assert row["type"] == "relais.admission.access-revoked.v1"
    assert msgspec.json.decode(row["trace"]) == event.trace
    assert row["data"] == msgspec.json.encode(event.data)


async def test_concurrent_writers_leave_no_hole_no_deadlock_and_the_order_of_each_subject(pool: Pool) -> None:
    subjects = [uuid4() for _ in range(8)]
    choose = random.Random(7)  # noqa: S311

    async def write(batches: list[list[UUID]]) -> int:
        written = 0
        for batch in batches:
            events = [stated(subject) for subject in batch]
            if len(batch) == 5:  # one size of batch always fails: its numbers must not be missing
                with suppress(_GaveUpError):
                    await publish_and_give_up(pool, events)
            else:
                written += len(await publish(pool, events))
        return written

    plans = [[choose.choices(subjects, k=choose.randint(1, 6)) for _ in range(25)] for _ in range(16)]
    written = sum(await asyncio.gather(*(write(plan) for plan in plans)))

    rows = await pool.fetch(
        "SELECT subject, sequence FROM outbox JOIN ledger ON ledger.id = ledger_id ORDER BY outbox.id"
    )
    assert len(rows) == written
    for subject in subjects:
        in_sending_order = [row["sequence"] for row in rows if row["subject"] == subject]
        assert in_sending_order == list(range(1, len(in_sending_order) + 1))


async def test_what_a_reader_sees_of_a_subject_is_always_a_beginning(pool: Pool) -> None:
    """The relay's order rests on it: an outbox row is never visible before an earlier one of its subject."""
    subject = uuid4()
    writing = True
    torn: list[list[int]] = []

    async def write() -> None:
        for _ in range(40):
            await publish(pool, [stated(subject), stated(uuid4())])

    async def read() -> None:
        while writing:
            rows = await pool.fetch(
                "SELECT sequence FROM outbox JOIN ledger ON ledger.id = ledger_id WHERE subject = $1"
                " ORDER BY outbox.id",
                subject,
            )
            seen = [row["sequence"] for row in rows]
            if seen != list(range(1, len(seen) + 1)):
                torn.append(seen)

    reader = asyncio.create_task(read())
    await asyncio.gather(*(write() for _ in range(8)))
    writing = False
    await reader
    assert torn == []
