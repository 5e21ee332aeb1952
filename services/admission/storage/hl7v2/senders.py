"""Holds the SQL that says what the keys of a source let it state."""

from datetime import datetime
from typing import Final
from uuid import UUID

from shared.database.pool import Executor

_INTAKE: Final = """
SELECT s.establishment, coalesce(array_agg(DISTINCT site) FILTER (WHERE site IS NOT NULL), '{}') AS sites
FROM sources AS s JOIN api_keys AS k USING (source_id) LEFT JOIN unnest(k.sites) AS site ON true
WHERE s.source_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
    AND 'intake' = ANY (k.scopes)
GROUP BY s.source_id, s.establishment
"""


async def intake_of(
    connection: Executor, source_id: UUID, *, at: datetime
) -> tuple[str | None, list[str]] | None:
    """Its establishment and other sites; `None` when no valid key of it is for the intake."""
    row = await connection.fetchrow(_INTAKE, source_id, at)
    return None if row is None else (row["establishment"], list(row["sites"]))
