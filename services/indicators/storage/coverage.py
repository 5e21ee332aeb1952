"""How much is known of an establishment, and what is known to be missing?"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.indicators.domain.indicators import Known
from shared.database.pool import Executor

Kind = Literal["movements", "expectations", "obligations"]


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """What this service knows to be missing now."""

    holes: int
    """Sequence numbers skipped in what was received of the persons whom the question is about."""
    parked: int
    """Events, of whichever establishment, that are wrong or wait behind one that is."""


_KNOWN: Final[dict[Kind, str]] = {
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
"""


async def known(connection: Executor, kind: Kind, establishment: str, *, as_of: datetime) -> Known:
    """How much was stored of a kind of fact about the establishment."""
    return Known(**await connection.fetchrow(_KNOWN[kind], establishment, as_of))


async def missing(connection: Executor, persons: Collection[UUID]) -> Missing:
    """What is missing of these persons, and what is parked at all."""
    return Missing(**await connection.fetchrow(_MISSING, list(persons)))


async def is_known(connection: Executor, establishment: str) -> bool:
    """Has anything ever been stored about the establishment?"""
    return bool(await connection.fetchval(_EXISTS, establishment))


async def establishment_of(connection: Executor, event_id: UUID) -> str | None:
    """Whose fact the event states; none when it is not among the facts."""
    establishment: str | None = await connection.fetchval(_OF_EVENT, event_id)
    return establishment
