"""Who stated an event that is parked? What was read of it when it was parked, as far as it could be read."""

from typing import Final
from uuid import UUID

from shared.database.pool import Executor

_PARKED: Final = "SELECT establishment FROM parked WHERE event_id = $1"


async def establishment_of_parked(connection: Executor, event_id: UUID) -> str | None:
    """The establishment that a parked event names; none when it cannot be told."""
    establishment: str | None = await connection.fetchval(_PARKED, event_id)
    return establishment
