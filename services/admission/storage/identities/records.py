"""Holds the SQL that tells what was stated of a person."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from msgspec import Struct

from shared.database.pool import Executor


class StatedRecord(Struct, frozen=True):
    """The encrypted body of a submission about a person."""

    person_id: UUID
    event_id: UUID
    receipt_id: UUID
    establishment: str
    record: bytes
    wrapped_key: bytes


# Movements that were given to somebody else are left out; those of persons merged with this one count.
_NEWEST: Final = """
SELECT w.person_id, s.event_id, s.receipt_id, s.establishment, s.record, s.wrapped_key
FROM unnest($1::uuid[]) AS w (person_id)
CROSS JOIN LATERAL (
    SELECT event_id, receipt_id, submissions.establishment, record, wrapped_key, ledger.id
    FROM ledger JOIN submissions USING (event_id) JOIN persons AS named ON named.person_id = ledger.subject
    JOIN movements ON movement_id = (convert_from(data, 'UTF8')::jsonb ->> 'movement_id')::uuid
    WHERE subject IN (
            SELECT w.person_id
            UNION SELECT merged FROM merges WHERE is_merged AND surviving = w.person_id
        )
        AND movements.stated_as IN (
            SELECT w.person_id
            UNION SELECT merged FROM merges WHERE is_merged AND surviving = w.person_id
        )
    ORDER BY ledger.id DESC LIMIT 20
) AS s
ORDER BY w.person_id, s.id DESC
"""


async def newest_records(connection: Executor, persons: Collection[UUID]) -> list[StatedRecord]:
    """Up to twenty records of each person, the newest first."""
    rows = await connection.fetch(_NEWEST, list(persons))
    return [StatedRecord(*row) for row in rows]
