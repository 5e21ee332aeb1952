"""Whose identifiers are these? Looked up by blind index."""

from collections.abc import Collection

from services.admission.domain.identity import Person
from shared.database.pool import Executor

_OWNERS = """
SELECT blind_index, person_id, wrapped_key
FROM identifiers JOIN persons USING (person_id)
WHERE blind_index = ANY ($1::bytea[])
"""


async def owners_of(connection: Executor, blind_indexes: Collection[bytes]) -> dict[bytes, Person]:
    """The persons of those identifiers that are known."""
    rows = await connection.fetch(_OWNERS, list(blind_indexes))
    return {row["blind_index"]: Person(row["person_id"], row["wrapped_key"]) for row in rows}
