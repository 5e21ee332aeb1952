"""Holds the SQL that gives everything that pathway keeps of a person."""

from typing import Final
from uuid import UUID

from shared.spine.export.section import section, with_json

_FIRST: Final = UUID(int=0)
_PATHWAYS: Final = """
SELECT person_id AS key, person_id, document FROM pathways
WHERE person_id = ANY ($1) AND person_id > $2 ORDER BY person_id LIMIT $3
"""
_EXPECTATIONS: Final = """
SELECT expectation_id AS key, expectation_id, departure_movement_id, from_establishment, to_establishment,
    departed_at, due_at, arrival_movement_id, arrived_at, state, ended_at, ended_by_movement_id, closed_at,
    closed_by, closed_because, reassigned
FROM expectations WHERE person_id = ANY ($1) AND expectation_id > $2 ORDER BY expectation_id LIMIT $3
"""
_FURTHER: Final = """
SELECT expectation_id AS key, expectation_id, establishment, due_at, known_at, state, document
FROM further_expectations WHERE person_id = ANY ($1) AND expectation_id > $2
ORDER BY expectation_id LIMIT $3
"""
_RELATIONS: Final = """
SELECT grant_id AS key, grant_id, basis, establishments, of, begins_at, ends_at, ended
FROM relations WHERE person_id = ANY ($1) AND grant_id > $2 ORDER BY grant_id LIMIT $3
"""

SECTIONS: Final = (
    section("pathways", _PATHWAYS, _FIRST, with_json("document")),
    section("expectations", _EXPECTATIONS, _FIRST),
    section("further_expectations", _FURTHER, _FIRST, with_json("document")),
    section("relations", _RELATIONS, _FIRST),
)
COPIES: Final = {"movement_events": "what admission published, and its ledger gives"}
"""Tables that keep of a person only what another section gives."""
