"""What does one side answer when it is asked what it holds? A part that is not too large, from an hour on."""

from datetime import datetime

from shared.spine.reconciliation.counting import Side
from shared.spine.reconciliation.seals import MOST_WINDOWS, windows_between
from shared.spine.reconciliation.shapes import Digests
from shared.spine.reconciliation.windows import HOUR, hour_of


async def digests_of(side: Side, since: datetime | None, until: datetime, *, recount: bool) -> Digests:
    """The windows from the hour of `since` on; `until` in the answer says how far it goes."""
    if since is None or since >= until:
        return Digests(since=since, until=until, windows=())
    start = hour_of(since)
    until = min(until, start + MOST_WINDOWS * HOUR)
    windows = await windows_between(side, start, until, recount=recount)
    return Digests(since=start, until=until, windows=tuple(windows))
