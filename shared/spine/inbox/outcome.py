"""Did this service apply that event? Asked for receipts."""

from typing import Final, Literal
from uuid import UUID

from shared.database.pool import Executor

AppliedState = Literal["applied", "parked", "dismissed", "pending"]
PUT_ASIDE: Final[frozenset[AppliedState]] = frozenset({"parked", "dismissed"})
"""Then what is known of it is what was read when it was parked."""

_STATE = """
SELECT CASE
    WHEN EXISTS (SELECT FROM inbox WHERE event_id = $1) THEN 'applied'
    ELSE coalesce((SELECT state FROM parked WHERE event_id = $1 AND state <> 'applied'), 'pending')
END
"""


async def applied_state(connection: Executor, event_id: UUID) -> AppliedState:
    """What became of it here.

    Applied: its effects are committed. Parked: a person must look. Dismissed: a person decided that it will
    never be applied. Pending: not received yet.
    """
    state: AppliedState = await connection.fetchval(_STATE, event_id)
    return state
