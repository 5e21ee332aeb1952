"""Reads the status of a service: what is paused, unsent, parked and unapplied."""

from typing import Final

from msgspec import Struct

from shared.events.registry import TOPICS
from shared.spine.inbox.parking import CAP, count_parked
from shared.spine.operations.context import OperationsContext
from shared.spine.operations.unapplied import count_unapplied
from shared.spine.pause.gate import Part
from shared.spine.pause.pauses import Pause, pauses

_UNSENT: Final = """
SELECT count(*) AS unsent, extract(epoch FROM $1 - min(recorded_at))::float8 AS oldest_seconds
FROM outbox JOIN ledger ON ledger.id = outbox.ledger_id
"""


class ServiceStatus(Struct, frozen=True, kw_only=True):
    """The status of a service at this moment."""

    parts: list[Part]
    """What can be paused here."""
    pauses: list[Pause]
    unapplied: dict[str, int] | None
    """Records by topic that are not applied yet; None when not asked for, or when the broker does not say."""
    unsent: int
    """Events that the broker has not acknowledged."""
    oldest_unsent_seconds: float
    parked: int
    parking_cap: int = CAP
    """Beyond so many parked events the worker stops."""


async def status_of(context: OperationsContext, *, with_unapplied: bool) -> ServiceStatus:
    """Return the status; the broker is asked for unapplied records only if `with_unapplied`."""
    # Unapplied records first: the events that they lead to meanwhile are then counted among the unsent.
    unapplied = await _unapplied(context) if with_unapplied else None
    unsent = await context.pool.fetchrow(_UNSENT, context.clock())
    return ServiceStatus(
        parts=list(context.parts),
        pauses=await pauses(context.pool),
        unapplied=unapplied,
        unsent=unsent["unsent"],
        oldest_unsent_seconds=max(0.0, unsent["oldest_seconds"] or 0.0),
        parked=await count_parked(context.pool),
    )


async def _unapplied(context: OperationsContext) -> dict[str, int] | None:
    if not context.publishers:
        return {}
    return await count_unapplied(
        context.pool,
        bootstrap=context.bootstrap,
        consumer_group=context.consumer_group,
        topics=[TOPICS[publisher] for publisher in context.publishers],
    )
