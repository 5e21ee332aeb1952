"""Stores facts, many in one statement and each once; nothing updates them, and only what is no fact goes.

The columns are in the order of the facts' fields.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from msgspec.structs import astuple

from services.indicators.domain.facts import (
    ExpectationFact,
    Fact,
    MovementFact,
    ObligationFact,
    ReassignmentFact,
)
from shared.database.columns import sparse
from shared.database.pool import Connection

_INSERTS: Final[Mapping[type[Fact], str]] = {
    MovementFact: """
INSERT INTO movement_facts (event_id, person_id, sequence, recorded_at, action, movement_id, stay_id,
    kind, establishment, destination_establishment, occurred_at, emitted_at, class_of_stay,
    ordered_at, names, destination_mode)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::uuid[],
    $7::uuid[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[],
    $14::timestamptz[], $15::text[], $16::text[])
ON CONFLICT (event_id) DO NOTHING
""",
    ReassignmentFact: """
INSERT INTO reassignment_facts (event_id, person_id, sequence, recorded_at, movement_id, establishment)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::uuid[], $6::text[])
ON CONFLICT (event_id) DO NOTHING
""",
    ExpectationFact: """
INSERT INTO expectation_facts (event_id, person_id, sequence, recorded_at, step, expectation_id,
    from_establishment, to_establishment, due_at, arrived_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::uuid[],
    $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[])
ON CONFLICT (event_id) DO NOTHING
""",
    ObligationFact: """
INSERT INTO obligation_facts (event_id, person_id, sequence, recorded_at, obligation_id, establishment,
    recipient_role, outcome, fact_occurred_at, fact_recorded_at, settled_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::uuid[], $6::text[],
    $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[])
ON CONFLICT (event_id) DO NOTHING
""",
}


TABLES: Final = ("movement_facts", "reassignment_facts", "expectation_facts", "obligation_facts")


async def remove(connection: Connection, event_ids: Sequence[UUID]) -> None:
    """Remove the facts that these events stated."""
    for table in TABLES:
        await connection.execute(f"DELETE FROM {table} WHERE event_id = ANY ($1)", list(event_ids))  # noqa: S608


async def store(connection: Connection, facts: Sequence[Fact]) -> None:
    """Store facts of one kind; one that is already stored stays as it is."""
    if facts:
        columns = zip(*map(astuple, facts), strict=True)
        await connection.execute(_INSERTS[type(facts[0])], *map(sparse, columns))
