"""Holds the SQL that tells what was stated of a person."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from msgspec import Struct

from shared.database.pool import Executor


class StatedRecord(Struct, frozen=True):
    """The encrypted body of a statement about a person."""

    person_id: UUID
    event_id: UUID | None
    """None where it came without a movement."""
    receipt_id: UUID
    establishment: str
    record: bytes
    wrapped_key: bytes


# Movements that were given to somebody else are left out. OFFSET 0: each step is a look into an index.
_NEWEST: Final = """
SELECT stated.person_id, event_id, receipt_id, establishment, record, wrapped_key FROM (
    SELECT *, row_number() OVER (
        PARTITION BY person_id, establishment ORDER BY recorded_at DESC, id DESC
    ) AS place FROM (
    SELECT w.person_id, published.id, published.recorded_at, published.subject, s.*
    FROM unnest($1::uuid[], $2::uuid[]) AS w (person_id, member)
    CROSS JOIN LATERAL (
        SELECT id, event_id, recorded_at, subject, data FROM ledger WHERE subject = w.member OFFSET 0
    ) AS published
    CROSS JOIN LATERAL (
        SELECT event_id, receipt_id, establishment, record FROM submissions
        WHERE event_id = published.event_id AND record <> '' OFFSET 0
    ) AS s
    CROSS JOIN LATERAL (
        SELECT stated_as FROM movements
        WHERE movement_id = (convert_from(published.data, 'UTF8')::jsonb ->> 'movement_id')::uuid OFFSET 0
    ) AS movements
    WHERE (w.person_id, stated_as) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
    UNION ALL
    SELECT w.person_id, NULL, accepted_at, member, NULL, receipt_id, establishment, record
    FROM unnest($1::uuid[], $2::uuid[]) AS w (person_id, member)
    JOIN identity_statements AS s ON s.person_id = member AND action = 'traits' AND record <> ''
    ) AS of_each
) AS stated
JOIN persons AS named ON named.person_id = stated.subject
WHERE place <= 5
ORDER BY stated.person_id, recorded_at DESC, id DESC
"""


async def newest_records(connection: Executor, groups: Mapping[UUID, Collection[UUID]]) -> list[StatedRecord]:
    """Up to five records of each person by each establishment, the newest first.

    `groups`: each person, and those who are one with them.
    """
    pairs = [(person_id, member) for person_id, group in groups.items() for member in group]
    rows = await connection.fetch(
        _NEWEST, [person_id for person_id, _ in pairs], [member for _, member in pairs]
    )
    return [StatedRecord(*row) for row in rows]
