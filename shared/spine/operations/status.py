"""How does a service stand: what is held up, unsent, parked and unapplied?"""

from typing import Final

from msgspec import Struct

from shared.spine.inbox.parking import CAP, count_parked
from shared.spine.operations.context import OperationsContext
from shared.spine.pause.gate import Part
from shared.spine.pause.pauses import Pause, pauses

_UNSENT: Final = """
SELECT count(*) AS unsent, extract(epoch FROM $1 - min(recorded_at))::float8 AS oldest_seconds
FROM outbox JOIN ledger ON ledger.id = outbox.ledger_id
"""


class ServiceStatus(Struct, frozen=True, kw_only=True):
    """How a service stands at this moment."""

    parts: list[Part]
    """What can be paused here."""
    pauses: list[Pause]
    unapplied: dict[str, int] | None
    """Records by topic that are not applied yet; none when not asked for, or when the broker does not say."""
    unsent: int
    """Events that the broker has not acknowledged."""
    oldest_unsent_seconds: float
    parked: int
    parking_cap: int = CAP
    """Beyond so many parked events the worker stops."""


async def status_of(context: OperationsContext, *, with_unapplied: bool) -> ServiceStatus:
    """What is unapplied is looked at first: what came of it since then shows among the unsent."""
    unapplied = await context.unapplied() if with_unapplied else None
    unsent = await context.pool.fetchrow(_UNSENT, context.clock())
    return ServiceStatus(
        parts=list(context.parts),
        pauses=await pauses(context.pool),
        unapplied=unapplied,
        unsent=unsent["unsent"],
        oldest_unsent_seconds=max(0.0, unsent["oldest_seconds"] or 0.0),
        parked=await count_parked(context.pool),
    )
