"""Finds the movement that an applied event is about, for receipts."""

from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Executor

_APPLIED: Final = "SELECT person_id, movement_id, establishment FROM movement_events WHERE event_id = $1"


class AppliedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An applied event about a movement."""

    person_id: UUID
    movement_id: UUID
    establishment: str


async def applied_event(connection: Executor, event_id: UUID) -> AppliedEvent | None:
    """The event, when its effects are committed."""
    row = await connection.fetchrow(_APPLIED, event_id)
    if row is None:
        return None
    return AppliedEvent(
        person_id=row["person_id"], movement_id=row["movement_id"], establishment=row["establishment"]
    )
