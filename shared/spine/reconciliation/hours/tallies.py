"""Counts events by day of recording (UTC) and establishment, of a ledger or of what a consumer holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from shared.database.pool import Executor
from shared.spine.reconciliation.hours.windows import HourCounts

DayKey = tuple[date, str]
"""Day of recording (UTC) and establishment, the empty string for events without one."""

_LAST_DAY: Final = date.max - timedelta(days=1)

_PARKED: Final = """
SELECT (recorded_at AT TIME ZONE 'UTC')::date AS day, coalesce(establishment, '') AS establishment, state,
    count(*) AS count
FROM parked
WHERE publisher = $1 AND state <> 'applied' AND event_id IS NOT NULL
    AND recorded_at >= $2 AND recorded_at < $3
GROUP BY 1, 2, 3
"""


class Tally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Events of an establishment that were recorded on a day (UTC)."""

    day: date
    establishment: str | None
    recorded: int = 0
    applied: int = 0
    parked: int = 0
    dismissed: int = 0


class Tallies(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of some days, those without events left out."""

    tallies: tuple[Tally, ...]


def count_by_day(windows: Iterable[HourCounts]) -> Counter[DayKey]:
    """Add the tallies of windows up by day."""
    counted: Counter[DayKey] = Counter()
    for window in windows:
        for establishment, count in window.tallies.items():
            counted[window.start.date(), establishment] += count
    return counted


async def count_parked_by_day(
    connection: Executor, publisher: str, since: datetime, until: datetime
) -> Mapping[str, Counter[DayKey]]:
    """Count parked and dismissed events: state -> day and establishment -> number."""
    counted: defaultdict[str, Counter[DayKey]] = defaultdict(Counter)
    for row in await connection.fetch(_PARKED, publisher, since, until):
        counted[row["state"]][row["day"], row["establishment"]] = row["count"]
    return counted


def day_bounds(since: date, until: date) -> tuple[datetime, datetime]:
    """Return the moments (UTC) from the start of `since` to the end of `until`."""
    first, last = (datetime.combine(day, time.min, UTC) for day in (since, min(until, _LAST_DAY)))
    return first, last + timedelta(days=1)


def tallies_of(**counted: Mapping[DayKey, int]) -> tuple[Tally, ...]:
    """Return a tally for each day and establishment; each argument is named like the field it fills."""
    day_keys = sorted({key for each in counted.values() for key in each})
    return tuple(
        Tally(
            day=day,
            establishment=establishment or None,
            **{name: each.get((day, establishment), 0) for name, each in counted.items()},
        )
        for day, establishment in day_keys
    )
