"""Tells what became of one event in this service; asked for receipts."""

from typing import Final, Literal
from uuid import UUID

from shared.database.pool import Executor

AppliedState = Literal["applied", "parked", "dismissed", "pending"]
NOT_APPLIED: Final[frozenset[AppliedState]] = frozenset({"parked", "dismissed"})
"""The states of an event that was parked: only the parked record tells whose fact it states."""

_STATE = """
SELECT CASE
    WHEN EXISTS (SELECT FROM inbox WHERE event_id = $1) THEN 'applied'
    ELSE coalesce((SELECT state FROM parked WHERE event_id = $1 AND state <> 'applied'), 'pending')
END
"""
_PARKED: Final = "SELECT establishment FROM parked WHERE event_id = $1"


async def applied_state(connection: Executor, event_id: UUID) -> AppliedState:
    """What became of the event here.

    Applied: its effects are committed. Parked: a person must look. Dismissed: a person decided that it will
    never be applied. Pending: not received yet.
    """
    state: AppliedState = await connection.fetchval(_STATE, event_id)
    return state


async def establishment_of_parked(connection: Executor, event_id: UUID) -> str | None:
    """The establishment that a parked event names; None when the record could not be read that far."""
    establishment: str | None = await connection.fetchval(_PARKED, event_id)
    return establishment
