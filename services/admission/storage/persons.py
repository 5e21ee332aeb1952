"""Holds the SQL that finds a person by an identifier, for those who stated something of the person."""

from typing import Final
from uuid import UUID

from shared.database.pool import Executor

_STATED_OF: Final = """
SELECT person_id FROM identifiers
WHERE blind_index = $1 AND ($2::text IS NULL OR EXISTS (
    SELECT FROM ledger WHERE ledger.subject = identifiers.person_id AND ledger.establishment = $2
))
"""


async def person_stated_by(
    connection: Executor, blind_index: bytes, *, establishment: str | None
) -> UUID | None:
    """The owner of the identifier, if the establishment (`None`: any) stated anything about them."""
    found: UUID | None = await connection.fetchval(_STATED_OF, blind_index, establishment)
    return found
