"""The raw limit of a batch: the statements of the intake, with rows prepared beforehand.

The same tables, indexes, batch size and durability; no decoding, no encryption, no receipts.
"""

import asyncio
import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from services.admission.domain.identifiers import Person
from services.admission.storage.submissions import Link, Row, store
from shared.database.pool import Pool, open_pool
from shared.database.transaction import transaction
from shared.events.admission import PatientAdmitted
from shared.events.envelope import NewEvent
from shared.spine.outbox.append import append

_ROWS = 500
_CONNECTIONS = 2

Prepared = tuple[list[Row], list[Link], list[Person], list[NewEvent]]


async def events_per_second(database_url: str, *, batches: int, payload: bytes) -> float:
    """Store that many batches of 500 new persons' admissions over two connections."""
    remaining = iter([_prepared(payload) for _ in range(batches)])
    async with open_pool(database_url, application_name="bare", max_size=_CONNECTIONS) as pool:
        start = time.perf_counter()
        await asyncio.gather(*(_store_all(pool, remaining) for _ in range(_CONNECTIONS)))
        return batches * _ROWS / (time.perf_counter() - start)


async def _store_all(pool: Pool, remaining: Iterator[Prepared]) -> None:
    for rows, links, persons, events in remaining:
        async with transaction(pool) as connection:
            await store(connection, rows=rows, links=links, persons=persons, revision=0)
            await append(connection, publisher="bare", events=events, recorded_at=datetime.now(UTC))


def _prepared(payload: bytes) -> Prepared:
    source_id = uuid.uuid4()
    persons = [Person(uuid.uuid4(), os.urandom(61)) for _ in range(_ROWS)]
    events = [_event(person.person_id, source_id) for person in persons]
    rows = [
        Row(
            source_id=source_id,
            source_event_id=str(event.event_id),
            content_sha256=os.urandom(32),
            receipt_id=uuid.uuid4(),
            event_id=event.event_id,
            establishment="750000002",
            marks=(),
            record=payload,
            movement_id=uuid.uuid4(),
            stay_id=uuid.uuid4(),
            stated_as=event.subject,
        )
        for event in events
    ]
    links = [
        Link(os.urandom(32), event.subject, event.event_id, scope="750000002", basis=None)
        for event in events
        for _ in range(2)
    ]
    return rows, links, persons, events


def _event(person_id: uuid.UUID, source_id: uuid.UUID) -> NewEvent:
    now = datetime.now(UTC)
    data = PatientAdmitted(
        movement_id=uuid.uuid4(),
        stay_id=uuid.uuid4(),
        kind="admission",
        source_id=source_id,
        establishment="750000002",
        occurred_at=now,
        emitted_at=now,
        unit="3401",
        class_of_stay="inpatient",
    )
    return NewEvent(event_id=uuid.uuid4(), subject=person_id, occurred_at=now, data=data)
