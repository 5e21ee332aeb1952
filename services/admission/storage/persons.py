"""Holds the SQL that finds a person by an identifier, for those who stated something of the person."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from shared.database.pool import Executor

# Where the first index, that of the number in its scope, is anybody's, no other one counts.
_STATED_OF: Final = """
SELECT person_id AS identity, coalesce(survivor_id, person_id) AS person_id
FROM unnest($1::bytea[]) WITH ORDINALITY AS wanted (blind_index, position)
JOIN identifiers USING (blind_index) JOIN persons USING (person_id)
WHERE (position = 1 OR NOT EXISTS (SELECT FROM identifiers WHERE blind_index = ($1)[1]))
    AND ($2::text[] IS NULL OR EXISTS (
        SELECT FROM ledger
        WHERE ledger.subject IN (person_id, survivor_id) AND ledger.establishment = ANY ($2)
    ))
ORDER BY position LIMIT 1
"""


class NamedPerson(NamedTuple):
    """Whom a number names."""

    identity: UUID
    """Before any merge: whoever the number names when the merge is undone."""
    person_id: UUID
    """Under whom everything is published now."""


async def person_stated_by(
    connection: Executor, blind_indexes: Sequence[bytes], *, establishments: Sequence[str] | None
) -> NamedPerson | None:
    """Whom the first of a number's indexes names that is known and of whom one of `establishments` stated
    something; `None` means any establishment."""
    row = await connection.fetchrow(_STATED_OF, blind_indexes, establishments)
    return None if row is None else NamedPerson(row["identity"], row["person_id"])
