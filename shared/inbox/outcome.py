"""Did this service apply that event? Asked for receipts."""

from typing import Literal
from uuid import UUID

from shared.db.pool import Executor

AppliedState = Literal["applied", "parked", "pending"]

_STATE = """
SELECT CASE
    WHEN EXISTS (SELECT FROM inbox WHERE event_id = $1) THEN 'applied'
    WHEN EXISTS (SELECT FROM parked WHERE event_id = $1 AND state = 'parked') THEN 'parked'
    ELSE 'pending'
END
"""


async def applied_state(connection: Executor, event_id: UUID) -> AppliedState:
    """Applied: its effects are committed. Parked: a person must look. Pending: not received yet."""
    state: AppliedState = await connection.fetchval(_STATE, event_id)
    return state
