"""Who stated an event that is parked? Read from what was received, as far as it can be read."""

from typing import Final
from uuid import UUID

import msgspec

from shared.db.pool import Executor

_PARKED: Final = "SELECT value FROM parked WHERE event_id = $1"


class _Stated(msgspec.Struct):
    establishment: str | None = None


async def establishment_of_parked(connection: Executor, event_id: UUID) -> str | None:
    """The establishment that a parked event names; none when it cannot be told."""
    value = await connection.fetchval(_PARKED, event_id)
    try:
        return msgspec.json.decode(value or b"{}", type=_Stated).establishment
    except msgspec.MsgspecError:
        return None
