"""Stores what was published of each further expectation, and finds those whose time has passed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.pathway.domain.further.publication import PublishedFurther
from services.pathway.domain.rules import Rules
from shared.database.pool import Connection

_SAVE: Final = """
INSERT INTO further_expectations (expectation_id, person_id, establishment, due_at, known_at, state, document)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
    $7::json[])
ON CONFLICT (expectation_id, person_id) DO UPDATE SET establishment = excluded.establishment,
    due_at = excluded.due_at, known_at = excluded.known_at, state = excluded.state,
    document = excluded.document
"""

_READ: Final = "SELECT document FROM further_expectations WHERE person_id = ANY ($1)"

# As for arrivals (`expectations`): no lock is waited for; the silent are left out until the grace is over.
_LOCK_DUE: Final = """
SELECT person_id FROM pathways
WHERE person_id IN (
    SELECT person_id FROM further_expectations LEFT JOIN feeds USING (establishment)
    WHERE state = 'open' AND due_at < $1 AND (
        greatest(due_at, known_at) < $1 - $3::interval
        OR (current_until > due_at AND known_at < $1 - $4::interval)
    )
    ORDER BY due_at LIMIT $2
)
FOR UPDATE SKIP LOCKED
"""

_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(PublishedFurther)


async def save(connection: Connection, published: Sequence[PublishedFurther]) -> None:
    """Record what is published in this transaction."""
    expectations = [known.expectation for known in published]
    await connection.execute(
        _SAVE,
        [expectation.expectation_id for expectation in expectations],
        [known.person_id for known in published],
        [expectation.establishment for expectation in expectations],
        [expectation.due_at for expectation in expectations],
        [expectation.known_at or expectation.due_at for expectation in expectations],
        [known.state for known in published],
        [_encoder.encode(known).decode() for known in published],
    )


async def published_of(
    connection: Connection, person_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], PublishedFurther]:
    """What was published so far of these persons, whom the caller has locked, by person and expectation."""
    rows = await connection.fetch(_READ, list(person_ids))
    found = [_decoder.decode(row["document"]) for row in rows]
    return {(known.person_id, known.expectation.expectation_id): known for known in found}


async def lock_persons_due(connection: Connection, rules: Rules, *, now: datetime, limit: int) -> list[UUID]:
    """Lock persons of whom something may be overdue by now, the most urgent first."""
    rows = await connection.fetch(_LOCK_DUE, now, limit, rules.feed_grace, rules.feed_settling)
    return [row["person_id"] for row in rows]
