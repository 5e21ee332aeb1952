"""Returns the counts and digests of what one side holds, from an hour on, in parts of limited size."""

from datetime import datetime

import msgspec

from shared.spine.reconciliation.hours.counting import Side
from shared.spine.reconciliation.hours.sealed_hours import MAX_WINDOWS, windows_between
from shared.spine.reconciliation.hours.windows import HOUR, HourCounts, hour_of


class Digests(msgspec.Struct, frozen=True, kw_only=True):
    """What one side holds of a publisher, hour by hour."""

    since: datetime | None
    """The first hour of the answer; None when there is nothing at all."""
    until: datetime
    """How far the answer goes, which may be less far than requested. Continue from here."""
    windows: tuple[HourCounts, ...]
    """Those that are not empty."""


async def digests_of(side: Side, since: datetime | None, until: datetime, *, recount: bool) -> Digests:
    """Return the windows from the hour of `since` on; `until` in the answer says how far it goes."""
    if since is None or since >= until:
        return Digests(since=since, until=until, windows=())
    start = hour_of(since)
    until = min(until, start + MAX_WINDOWS * HOUR)
    windows = await windows_between(side, start, until, recount=recount)
    return Digests(since=start, until=until, windows=tuple(windows))
