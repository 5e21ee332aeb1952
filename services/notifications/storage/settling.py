"""How does an obligation end? With its one outcome, and with a task for a person when it expired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle import Medium
from services.notifications.domain.obligations import Obligation
from shared.database.pool import Connection, Executor
from shared.events.notifications import ObligationSettled, Outcome

_SETTLE: Final = """
UPDATE obligations o SET status = s.outcome, reason = s.reason, channel = s.channel, evidence = s.evidence,
    superseded_by = coalesce(s.superseded_by, o.superseded_by), next_action_at = NULL, settled_at = $7
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[])
    AS s (obligation_id, outcome, reason, channel, evidence, superseded_by)
WHERE o.obligation_id = s.obligation_id
"""

_OPEN_TASKS: Final = """
INSERT INTO human_tasks (obligation_id, reason, opened_at)
SELECT t.*, $3 FROM unnest($1::uuid[], $2::text[]) AS t
"""

_ENDS: Final = "SELECT data FROM ledger WHERE event_id = ANY ($1)"
_RESTORE: Final = """
UPDATE obligations o SET channel = s.channel, settled_at = s.settled_at, evidence = 'ledger'
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS s (obligation_id, channel, settled_at)
WHERE o.obligation_id = s.obligation_id
"""


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an obligation that the caller has locked."""

    obligation: Obligation
    outcome: Outcome
    reason: str | None = None
    channel: Medium | None = None
    evidence: str | None = None
    superseded_by: UUID | None = None


async def settle(connection: Connection, settlements: Sequence[Settlement], *, now: datetime) -> None:
    await connection.execute(
        _SETTLE,
        [settlement.obligation.obligation_id for settlement in settlements],
        [settlement.outcome for settlement in settlements],
        [settlement.reason for settlement in settlements],
        [settlement.channel for settlement in settlements],
        [settlement.evidence for settlement in settlements],
        [settlement.superseded_by for settlement in settlements],
        now,
    )
    expired = [settlement for settlement in settlements if settlement.outcome == "expired"]
    if expired:
        await connection.execute(
            _OPEN_TASKS,
            [settlement.obligation.obligation_id for settlement in expired],
            [settlement.reason or "expired" for settlement in expired],
            now,
        )


async def published_ends(connection: Executor, event_ids: Sequence[UUID]) -> dict[UUID, ObligationSettled]:
    """How obligations ended, as this service stated it; by obligation."""
    rows = await connection.fetch(_ENDS, event_ids)
    ends = [msgspec.json.decode(row["data"], type=ObligationSettled) for row in rows]
    return {end.obligation_id: end for end in ends}


async def restore(connection: Connection, ends: Sequence[ObligationSettled]) -> None:
    """When and over what they ended, for obligations that were written back."""
    await connection.execute(
        _RESTORE,
        [end.obligation_id for end in ends],
        [end.channel for end in ends],
        [end.settled_at for end in ends],
    )
