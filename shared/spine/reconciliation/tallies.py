"""How many events of each establishment, on each day? Of the ledger, or of what a consumer holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shared.database.pool import Executor
from shared.spine.reconciliation.shapes import Tally
from shared.spine.reconciliation.windows import Window

Account = tuple[date, str]
"""Day of recording (UTC) and establishment, the empty one for events of none."""

_LAST_DAY: Final = date.max - timedelta(days=1)

_PARKED: Final = """
SELECT (recorded_at AT TIME ZONE 'UTC')::date AS day, coalesce(establishment, '') AS establishment, state,
    count(*) AS count
FROM parked
WHERE publisher = $1 AND state <> 'applied' AND event_id IS NOT NULL
    AND recorded_at >= $2 AND recorded_at < $3
GROUP BY 1, 2, 3
"""


def by_day(windows: Iterable[Window]) -> Counter[Account]:
    """The numbers of the windows, by day."""
    counted: Counter[Account] = Counter()
    for window in windows:
        for establishment, count in window.tallies.items():
            counted[window.start.date(), establishment] += count
    return counted


async def parked_by_day(
    connection: Executor, publisher: str, since: datetime, until: datetime
) -> Mapping[str, Counter[Account]]:
    """What is parked and what was dismissed, by state."""
    counted: defaultdict[str, Counter[Account]] = defaultdict(Counter)
    for row in await connection.fetch(_PARKED, publisher, since, until):
        counted[row["state"]][row["day"], row["establishment"]] = row["count"]
    return counted


def days(since: date, until: date) -> tuple[datetime, datetime]:
    """The moments between which these days lie, the last one included."""
    first, last = (datetime.combine(day, time.min, UTC) for day in (since, min(until, _LAST_DAY)))
    return first, last + timedelta(days=1)


def tallies_of(**counted: Mapping[Account, int]) -> tuple[Tally, ...]:
    """One line for each account; the names of the arguments are those of the numbers."""
    accounts = sorted({account for each in counted.values() for account in each})
    return tuple(
        Tally(
            day=day,
            establishment=establishment or None,
            **{name: each.get((day, establishment), 0) for name, each in counted.items()},
        )
        for day, establishment in accounts
    )
