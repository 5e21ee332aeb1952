"""Selects the facts that a question is about, and counts what is known and what is missing.

Selected by SQL, so that a month does not cost an establishment's whole history. A selection may hold more
than is needed, never less: what it leaves out changes no value. The arithmetic is in `domain/`, and a test
compares its results with and without the selection.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from services.indicators.domain.facts import (
    ExpectationFact,
    FactOfMovement,
    MovementFact,
    ObligationFact,
    ReassignmentFact,
)
from services.indicators.domain.indicators import Coverage, Question
from shared.database.pool import Executor

Kind = Literal["movements", "expectations", "obligations"]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing now, as far as this service can tell."""

    holes: int
    """Sequence numbers skipped in what was received of the persons whom the question is about."""
    parked: int
    """Events, of whichever establishment, that are wrong or wait behind one that is."""


# Left out: a stay that began after the period or was over before it under all of its contents. A cancelled
# movement, or one restated as another kind or in another place or of another person, keeps its stay in the
# selection; of who has an emergency stay in it, every stay is, for another one may end that stay (0035).
_MOVEMENTS: Final = """
WITH stated AS (
    SELECT person_id, movement_id, stay_id,
        kind = 'discharge'
            OR kind = 'transfer' AND coalesce(destination_establishment <> establishment, false) AS is_exit,
        bool_or(action = 'cancel') AS cancelled, bool_or(class_of_stay = 'emergency') AS emergency,
        min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM movement_facts
    WHERE recorded_at <= $2 AND (person_id, movement_id) IN (
        SELECT person_id, movement_id FROM movement_facts WHERE establishment = $1 AND recorded_at <= $2
    )
    GROUP BY person_id, movement_id, stay_id, establishment, is_exit
), away AS (
    SELECT person_id, movement_id FROM reassignment_facts WHERE establishment = $1 AND recorded_at <= $2
), judged AS (
    SELECT *, cancelled OR count(*) OVER (PARTITION BY person_id, movement_id) > 1
        OR (person_id, movement_id) IN (SELECT person_id, movement_id FROM away) AS unsure
    FROM stated
), wanted AS (
    SELECT person_id, stay_id, bool_or(emergency) AS emergency FROM judged GROUP BY person_id, stay_id
    HAVING bool_or(unsure) OR (min(first_at) < $4 AND NOT coalesce(
        max(last_at) < $3
        AND min(first_at) FILTER (WHERE is_exit)
            > coalesce(max(last_at) FILTER (WHERE NOT is_exit), '-infinity'),
        false
    ))
), needed AS (
    SELECT person_id, stay_id FROM wanted
    UNION SELECT person_id, stay_id FROM judged
    WHERE person_id IN (SELECT person_id FROM wanted WHERE emergency)
)
SELECT event_id, person_id, sequence, recorded_at, action, movement_id, stay_id, kind, establishment,
    destination_establishment, occurred_at, emitted_at, class_of_stay, ordered_at, names,
    destination_mode
FROM movement_facts JOIN needed USING (person_id, stay_id) WHERE recorded_at <= $2
"""

_REASSIGNMENTS: Final = """
SELECT event_id, person_id, sequence, recorded_at, movement_id, establishment
FROM reassignment_facts WHERE establishment = $1 AND recorded_at <= $2
"""

_EXPECTATIONS: Final = """
SELECT event_id, person_id, sequence, recorded_at, step, expectation_id, from_establishment,
    to_establishment, due_at, arrived_at
FROM expectation_facts WHERE recorded_at <= $2 AND expectation_id IN (
    SELECT expectation_id FROM expectation_facts
    WHERE from_establishment = $1 AND due_at >= $3 AND due_at < $4
)
"""

_OBLIGATIONS: Final = """
SELECT event_id, person_id, sequence, recorded_at, obligation_id, establishment, recipient_role, outcome,
    fact_occurred_at, fact_recorded_at, settled_at
FROM obligation_facts WHERE recorded_at <= $2 AND obligation_id IN (
    SELECT obligation_id FROM obligation_facts
    WHERE establishment = $1 AND settled_at >= $3 AND settled_at < $4
)
"""

_COVERAGE: Final[dict[Kind, str]] = {
    "movements": """
SELECT count(*) AS events, max(recorded_at) AS newest_recorded_at, min(occurred_at) AS earliest_at
FROM movement_facts WHERE establishment = $1 AND recorded_at <= $2
""",
    "expectations": """
SELECT count(*) AS events, max(recorded_at) AS newest_recorded_at, min(due_at) AS earliest_at
FROM expectation_facts WHERE from_establishment = $1 AND recorded_at <= $2
""",
    "obligations": """
SELECT count(*) AS events, max(recorded_at) AS newest_recorded_at, min(settled_at) AS earliest_at
FROM obligation_facts WHERE establishment = $1 AND recorded_at <= $2
""",
}

# A sequence number is accounted for when its event was applied, or parked, or dismissed from parking.
_MISSING: Final = """
SELECT coalesce((
    SELECT sum(received.last - received.count - (
        SELECT count(*) FROM parked
        WHERE parked.publisher = received.publisher AND parked.subject = received.subject
            AND parked.sequence < received.last AND parked.state <> 'applied'
    ))
    FROM (
        SELECT publisher, subject, max(sequence) AS last, count(*) AS count
        FROM inbox WHERE subject = ANY($1::uuid[]) GROUP BY publisher, subject
    ) AS received
), 0)::bigint AS holes, (SELECT count(*) FROM parked WHERE state = 'parked') AS parked
"""

_EXISTS: Final = """
SELECT EXISTS (SELECT FROM movement_facts WHERE establishment = $1)
    OR EXISTS (SELECT FROM expectation_facts WHERE from_establishment = $1)
    OR EXISTS (SELECT FROM obligation_facts WHERE establishment = $1)
"""

_OF_EVENT: Final = """
SELECT establishment FROM movement_facts WHERE event_id = $1
UNION ALL SELECT from_establishment FROM expectation_facts WHERE event_id = $1
UNION ALL SELECT establishment FROM obligation_facts WHERE event_id = $1
UNION ALL SELECT establishment FROM reassignment_facts WHERE event_id = $1
"""


async def movements_for(connection: Executor, question: Question) -> list[FactOfMovement]:
    """The facts about every stay that may have touched the period, and about whose its movements are."""
    movements = await _select_facts(connection, _MOVEMENTS, question)
    away = await connection.fetch(_REASSIGNMENTS, question.establishment, question.as_of)
    return [*(MovementFact(**row) for row in movements), *(ReassignmentFact(**row) for row in away)]


async def expectations_for(connection: Executor, question: Question) -> list[ExpectationFact]:
    """The facts about every transfer out of the establishment that was ever due in the period."""
    return [ExpectationFact(**row) for row in await _select_facts(connection, _EXPECTATIONS, question)]


async def obligations_for(connection: Executor, question: Question) -> list[ObligationFact]:
    """The facts about every obligation of the establishment that was settled in the period."""
    return [ObligationFact(**row) for row in await _select_facts(connection, _OBLIGATIONS, question)]


async def _select_facts(connection: Executor, query: str, question: Question) -> Sequence[Any]:
    return await connection.fetch(
        query,
        question.establishment,
        question.as_of,
        question.period.starts_at,
        question.period.ends_at,
    )


async def coverage_of(connection: Executor, kind: Kind, establishment: str, *, as_of: datetime) -> Coverage:
    """How much was stored of a kind of fact about the establishment, recorded by `as_of`."""
    return Coverage(**await connection.fetchrow(_COVERAGE[kind], establishment, as_of))


async def missing_of(connection: Executor, persons: Collection[UUID]) -> Missing:
    """What is missing of these persons, and what is parked at all."""
    return Missing(**await connection.fetchrow(_MISSING, list(persons)))


async def is_known(connection: Executor, establishment: str) -> bool:
    """Whether anything was ever stored about the establishment."""
    return bool(await connection.fetchval(_EXISTS, establishment))


async def establishment_of(connection: Executor, event_id: UUID) -> str | None:
    """The establishment of the fact that the event states; `None` when it is not among the facts."""
    establishment: str | None = await connection.fetchval(_OF_EVENT, event_id)
    return establishment
