"""How does a service stand: what is held up, unsent, parked and unapplied?"""

from typing import Final

from msgspec import Struct

from shared.spine.inbox.parking import CAP, count_parked
from shared.spine.operations.desk import OperationsDesk
from shared.spine.pause.gate import Part
from shared.spine.pause.pauses import Pause, pauses

_UNSENT: Final = """
SELECT count(*) AS unsent, extract(epoch FROM $1 - min(recorded_at))::float8 AS oldest_seconds
FROM outbox JOIN ledger ON ledger.id = outbox.ledger_id
"""


class Standing(Struct, frozen=True, kw_only=True):
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


async def standing_of(desk: OperationsDesk, *, with_unapplied: bool) -> Standing:
    """What is unapplied is looked at first: what came of it since then shows among the unsent."""
    unapplied = await desk.unapplied() if with_unapplied else None
    unsent = await desk.pool.fetchrow(_UNSENT, desk.clock())
    return Standing(
        parts=list(desk.parts),
        pauses=await pauses(desk.pool),
        unapplied=unapplied,
        unsent=unsent["unsent"],
        oldest_unsent_seconds=max(0.0, unsent["oldest_seconds"] or 0.0),
        parked=await count_parked(desk.pool),
    )
