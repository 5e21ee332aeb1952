"""Since when is there anything to compare? Nobody asks hour by hour about the time before that."""

from datetime import datetime

from shared.spine.reconciliation import holdings
from shared.spine.reconciliation.counting import Side
from shared.spine.reconciliation.peer import Peer


async def first_hour(side: Side, peer: Peer, until: datetime) -> datetime | None:
    """An hour before which nothing is to be compared; none when neither side has anything."""
    # Whoever goes back further: we may hold what the publisher lost.
    theirs = (await anext(peer.digests(since=None, until=until))).since
    ours = await holdings.first_hour(side)
    return min((start for start in (theirs, ours) if start is not None), default=None)
