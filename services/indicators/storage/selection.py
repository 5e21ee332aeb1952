"""Which facts is a question about? Found by SQL, so that a month does not cost an establishment's history.

A selection may hold more than is needed, never less: what it leaves out changes no value. The arithmetic
is in `domain/`, and a test holds it with and without selection against each other.
"""

from collections.abc import Sequence
from typing import Any, Final

from services.indicators.domain.facts import ExpectationFact, MovementFact, ObligationFact
from services.indicators.domain.indicators import Question
from shared.database.pool import Executor

# Left out: a stay that began after the period, or was over before it, whichever of its contents holds.
# A cancel, or a movement that was restated as something else or elsewhere, leaves that open.
_MOVEMENTS: Final = """
WITH stated AS (
    SELECT person_id, movement_id, stay_id,
        kind = 'discharge'
            OR kind = 'transfer' AND coalesce(destination_establishment <> establishment, false) AS is_exit,
        bool_or(action = 'cancel') AS cancelled, min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM movement_facts
    WHERE recorded_at <= $2 AND (person_id, movement_id) IN (
        SELECT person_id, movement_id FROM movement_facts WHERE establishment = $1 AND recorded_at <= $2
    )
    GROUP BY person_id, movement_id, stay_id, establishment, is_exit
), judged AS (
    SELECT *, cancelled OR count(*) OVER (PARTITION BY person_id, movement_id) > 1 AS unsure FROM stated
), wanted AS (
    SELECT person_id, stay_id FROM judged GROUP BY person_id, stay_id
    HAVING bool_or(unsure) OR (min(first_at) < $4 AND NOT coalesce(
        max(last_at) < $3
        AND min(first_at) FILTER (WHERE is_exit)
            >= coalesce(max(last_at) FILTER (WHERE NOT is_exit), '-infinity'),
        false
    ))
)
SELECT event_id, person_id, sequence, recorded_at, action, movement_id, stay_id, kind, establishment,
    destination_establishment, occurred_at, emitted_at
FROM movement_facts JOIN wanted USING (person_id, stay_id) WHERE recorded_at <= $2
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


async def movements_for(connection: Executor, question: Question) -> list[MovementFact]:
    """What was said of every stay that may have touched the period."""
    return [MovementFact(**row) for row in await _select(connection, _MOVEMENTS, question)]


async def expectations_for(connection: Executor, question: Question) -> list[ExpectationFact]:
    """What was said of every transfer out of the establishment that was ever due in the period."""
    return [ExpectationFact(**row) for row in await _select(connection, _EXPECTATIONS, question)]


async def obligations_for(connection: Executor, question: Question) -> list[ObligationFact]:
    """What was said of every obligation of the establishment that was settled in the period."""
    return [ObligationFact(**row) for row in await _select(connection, _OBLIGATIONS, question)]


async def _select(connection: Executor, query: str, question: Question) -> Sequence[Any]:
    return await connection.fetch(
        query,
        question.establishment,
        question.as_of,
        question.period.starts_at,
        question.period.ends_at,
    )
