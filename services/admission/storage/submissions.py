"""How is a batch of submissions stored, once each, with the identities it brings? In one statement."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.admission.domain.identity import Person
from services.admission.domain.receipt import Receipt
from shared.database.pool import Connection, Executor

Key = tuple[UUID, str]
"""(source, its own event id): the same submission, however often it is sent."""


class Row(Struct, frozen=True, kw_only=True):
    """One submission as it is stored."""

    source_id: UUID
    source_event_id: str
    content_sha256: bytes
    receipt_id: UUID
    event_id: UUID
    establishment: str
    marks: tuple[str, ...]
    record: bytes


class Link(Struct, frozen=True):
    """An identifier that becomes a person's, provided that the submission of this event is stored."""

    blind_index: bytes
    person_id: UUID
    event_id: UUID


class Stored(Struct, frozen=True):
    """What was not there before."""

    event_ids: frozenset[UUID]
    blind_indexes: frozenset[bytes]


# A submission that is already there brings nothing with it, hence `stored` before `linked` before
# `created`. Both inserts that may wait for another batch do so in sorted order: no deadlock.
_STORE = """
WITH stored AS (
    INSERT INTO submissions
        (source_id, source_event_id, content_sha256, receipt_id, event_id, establishment, marks, record)
    SELECT source_id, source_event_id, content_sha256, receipt_id, event_id, establishment,
        string_to_array(marks, ','), record
    FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
        $8::bytea[]) AS s
        (source_id, source_event_id, content_sha256, receipt_id, event_id, establishment, marks, record)
    ORDER BY source_id, source_event_id
    ON CONFLICT (source_id, source_event_id) DO NOTHING
    RETURNING event_id
), linked AS (
    INSERT INTO identifiers (blind_index, person_id)
    SELECT DISTINCT blind_index, person_id
    FROM unnest($9::bytea[], $10::uuid[], $11::uuid[]) AS l (blind_index, person_id, event_id)
    WHERE event_id IN (SELECT event_id FROM stored)
    ORDER BY blind_index
    ON CONFLICT (blind_index) DO NOTHING
    RETURNING blind_index, person_id
), created AS (
    INSERT INTO persons (person_id, wrapped_key)
    SELECT person_id, wrapped_key FROM unnest($12::uuid[], $13::bytea[]) AS p (person_id, wrapped_key)
    WHERE person_id IN (SELECT person_id FROM linked)
)
SELECT ARRAY(SELECT event_id FROM stored) AS event_ids,
    ARRAY(SELECT blind_index FROM linked) AS blind_indexes
"""

_RECEIPT = """
SELECT s.source_id, s.source_event_id, s.content_sha256, s.receipt_id, s.event_id, s.establishment, s.marks,
    l.subject, l.sequence, l.recorded_at
FROM submissions AS s JOIN ledger AS l USING (event_id)
"""
_BY_KEYS = f"""{_RECEIPT}
JOIN unnest($1::uuid[], $2::text[]) AS k (source_id, source_event_id) USING (source_id, source_event_id)
"""
_BY_ID = f"{_RECEIPT} WHERE s.receipt_id = $1"


async def store(
    connection: Connection, *, rows: Sequence[Row], links: Sequence[Link], persons: Sequence[Person]
) -> Stored:
    """Store what is new and say what was.

    An identifier that somebody else linked first is not among the answer's: the caller rolls back and
    asks again whose it is. `persons` are the new ones; one of them exists once it has an identifier.
    """
    found = await connection.fetchrow(
        _STORE,
        [row.source_id for row in rows],
        [row.source_event_id for row in rows],
        [row.content_sha256 for row in rows],
        [row.receipt_id for row in rows],
        [row.event_id for row in rows],
        [row.establishment for row in rows],
        [",".join(row.marks) for row in rows],
        [row.record for row in rows],
        [link.blind_index for link in links],
        [link.person_id for link in links],
        [link.event_id for link in links],
        [person.person_id for person in persons],
        [person.wrapped_key for person in persons],
    )
    return Stored(frozenset(found["event_ids"]), frozenset(found["blind_indexes"]))


async def receipts_of(connection: Executor, keys: Sequence[Key]) -> dict[Key, Receipt]:
    """The receipts of submissions that were stored before."""
    rows = await connection.fetch(_BY_KEYS, [source for source, _ in keys], [event for _, event in keys])
    return {(row["source_id"], row["source_event_id"]): _receipt(row) for row in rows}


async def receipt_of(connection: Executor, receipt_id: UUID) -> tuple[Receipt, str] | None:
    """A receipt and the establishment that may see it."""
    row = await connection.fetchrow(_BY_ID, receipt_id)
    return None if row is None else (_receipt(row), row["establishment"])


def _receipt(row: Any) -> Receipt:
    return Receipt(
        receipt_id=row["receipt_id"],
        event_id=row["event_id"],
        person_id=row["subject"],
        source_event_id=row["source_event_id"],
        sequence=row["sequence"],
        accepted_at=row["recorded_at"],
        content_sha256=row["content_sha256"].hex(),
        marks=tuple(row["marks"]),
    )
