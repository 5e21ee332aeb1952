"""Holds the SQL that finds persons by their identifiers, and what establishments stated of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from services.admission.storage.identities.movements import MOVEMENT_TYPES, recorded_event
from shared.database.pool import Executor
from shared.events.envelope import RecordedEvent

# Where the first index, that of the number in its scope, is anybody's, no other one of the number counts.
_OWNERS: Final = """
SELECT person_id AS identity, coalesce(survivor_id, person_id) AS person_id
FROM unnest($1::bytea[], $2::int[], $3::bytea[]) WITH ORDINALITY
    AS wanted (blind_index, nth_of_number, in_scope, place)
JOIN identifiers USING (blind_index) JOIN persons USING (person_id)
WHERE nth_of_number = 0 OR NOT EXISTS (SELECT FROM identifiers WHERE blind_index = in_scope)
ORDER BY place
"""
_STATED: Final = """
SELECT event_id, subject, sequence, type, occurred_at, recorded_at, data FROM ledger
WHERE subject = ANY ($1) AND type = ANY ($2) AND establishment = ANY ($3)
"""


class NamedPerson(NamedTuple):
    """Whom a number names."""

    identity: UUID
    """Before any merge: whoever the number names when the merge is undone."""
    person_id: UUID
    """Under whom everything is published now."""


async def owners_of(connection: Executor, numbers: Sequence[Sequence[bytes]]) -> list[NamedPerson]:
    """Whom numbers name, each by the indexes under which it may be; in their order."""
    wanted = [(index, nth, indexes[0]) for indexes in numbers for nth, index in enumerate(indexes)]
    rows = await connection.fetch(_OWNERS, *map(list, zip(*wanted, strict=True)))
    return [NamedPerson(row["identity"], row["person_id"]) for row in rows]


async def stated_of(
    connection: Executor, persons: Collection[UUID], *, establishments: Collection[str]
) -> Mapping[UUID, Sequence[RecordedEvent]]:
    """What these establishments stated of the movements of each person."""
    found: dict[UUID, list[RecordedEvent]] = defaultdict(list)
    for row in await connection.fetch(_STATED, list(persons), MOVEMENT_TYPES, list(establishments)):
        found[row["subject"]].append(recorded_event(row))
    return found
