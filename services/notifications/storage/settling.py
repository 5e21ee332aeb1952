"""How does an obligation end? With its one outcome, and with a task for a person when it expired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.notifications.domain.circle import Medium
from services.notifications.domain.obligations import Obligation
from shared.db.pool import Connection
from shared.events.notifications import Outcome

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
