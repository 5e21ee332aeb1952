"""Holds the SQL that gives everything that indicators keeps of a person: facts under an opaque id."""

from typing import Final
from uuid import UUID

from shared.spine.export.section import Section, section

_FIRST: Final = UUID(int=0)


def _facts(table: str, columns: str) -> Section:
    query = f"""
        SELECT event_id AS key, event_id, recorded_at, {columns} FROM {table}
        WHERE person_id = ANY ($1) AND event_id > $2 ORDER BY event_id LIMIT $3
    """  # noqa: S608 - constants
    return section(table, query, _FIRST)


SECTIONS: Final = (
    _facts(
        "movement_facts",
        "action, movement_id, stay_id, kind, establishment, destination_establishment, occurred_at,"
        " emitted_at, class_of_stay, destination_mode",
    ),
    _facts("reassignment_facts", "movement_id, establishment"),
    _facts(
        "expectation_facts", "step, expectation_id, from_establishment, to_establishment, due_at, arrived_at"
    ),
    _facts(
        "obligation_facts",
        "obligation_id, establishment, recipient_role, outcome, fact_occurred_at, settled_at",
    ),
)
COPIES: Final[dict[str, str]] = {}
"""Tables that keep of a person only what another section gives: none."""
