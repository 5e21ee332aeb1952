"""Stores the counts of hours that are over, so that they need not be counted again.

A sealed hour is an hour that is over and whose counts are stored in its row of `seals`. The states are
open -> counting -> sealed. A transaction that writes an event into an hour sets the row back to open
(`shared.spine.outbox.append`, `shared.spine.inbox.insert`); writing and sealing meet at this row only. To
seal hours, `start_counting` sets the rows to counting and waits until every transaction that cannot have seen
this has ended; then the hours are counted, and `seal` stores the counts of those that nobody opened
meanwhile. Every comparison counts a few sealed hours again, so that a loss in an old hour is found.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from shared.spine.reconciliation.hours.counting import Side, cell
from shared.spine.reconciliation.hours.windows import HOUR, HourCounts, hours, joined, uncovered

SEAL_AFTER: Final = timedelta(minutes=5)
"""After the end of the hour; longer than most transactions, though correctness does not depend on it."""
MAX_CHECKS: Final = 50
CHECK_EVERY_SECONDS: Final = 0.1
MAX_WINDOWS: Final = 24 * 31
"""Windows that one comparison counts, or one answer contains, at most."""

_EXTEND: Final = """
INSERT INTO seals (publisher, window_start, state)
SELECT $1, start, 'open' FROM generate_series(
    coalesce((SELECT max(window_start) + interval '1 hour' FROM seals WHERE publisher = $1), $2::timestamptz),
    $3::timestamptz - interval '1 hour', interval '1 hour') AS start
ON CONFLICT DO NOTHING
"""
_NEWEST: Final = "SELECT max(window_start) FROM seals WHERE publisher = $1"
# The newest ones too: hours that stay different for ever would otherwise hide those after them.
_UNSEALED: Final = """
(SELECT window_start FROM seals WHERE publisher = $1 AND state <> 'sealed'
    ORDER BY window_start LIMIT $2)
UNION
(SELECT window_start FROM seals WHERE publisher = $1 AND state <> 'sealed'
    ORDER BY window_start DESC LIMIT $2)
ORDER BY window_start
"""
_START: Final = """
UPDATE seals SET state = 'counting' WHERE publisher = $1 AND window_start = ANY($2::timestamptz[])
"""
# A transaction number of its own: a transaction with a smaller one may not have seen the state `counting`.
_NEW_TRANSACTION_ID: Final = "SELECT pg_current_xact_id()::text"
_EARLIER_ONES_ENDED: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8"
_SEAL: Final = """
UPDATE seals SET state = 'sealed', total = w.total, counts = w.counts, digests = w.digests,
    tallies = w.tallies, verified_at = $2
FROM jsonb_to_recordset($3::jsonb)
    AS w (start timestamptz, total bigint, counts bigint[], digests bigint[], tallies jsonb)
WHERE publisher = $1 AND window_start = w.start AND state = 'counting'
"""
_SEALED: Final = """
SELECT window_start, total, counts, digests, tallies::text FROM seals
WHERE publisher = $1 AND state = 'sealed'
    AND window_start >= $2 AND window_start <= $3::timestamptz - interval '1 hour'
"""
_LONGEST_UNVERIFIED: Final = """
SELECT window_start FROM seals WHERE publisher = $1 AND state = 'sealed' ORDER BY verified_at LIMIT $2
"""
_VERIFY: Final = """
UPDATE seals SET verified_at = $3 WHERE publisher = $1 AND window_start = ANY($2::timestamptz[])
"""
_REOPEN: Final = """
UPDATE seals SET state = 'open' WHERE publisher = $1 AND window_start = ANY($2::timestamptz[])
"""


async def end_of_tracked_hours(side: Side) -> datetime | None:
    """Return the end of the last hour that has a row in `seals`, sealed or not; None without a row."""
    newest: datetime | None = await side.pool.fetchval(_NEWEST, side.publisher)
    return None if newest is None else newest + HOUR


async def unsealed(side: Side, *, first: datetime, now: datetime) -> list[datetime]:
    """Return hours that are over and not sealed, in order: at most MAX_WINDOWS, the oldest and the newest.

    `first` is the hour to begin with while there is no row in `seals` yet.
    """
    over = hours(first, now - SEAL_AFTER)
    if over:
        await side.pool.execute(_EXTEND, side.publisher, over[0], over[-1])
    rows = await side.pool.fetch(_UNSEALED, side.publisher, MAX_WINDOWS // 2)
    return [row["window_start"] for row in rows]


async def start_counting(side: Side, starts: Collection[datetime]) -> bool:
    """Announce the counting of hours; return whether counts made after this may be sealed.

    Waits until all transactions that began before have ended, for at most five seconds: false means that one
    of them, in any database of the server, is still running.
    """
    if not starts:
        return False
    await side.pool.execute(_START, side.publisher, list(starts))
    transaction_id = await side.pool.fetchval(_NEW_TRANSACTION_ID)
    for _ in range(MAX_CHECKS):
        if await side.pool.fetchval(_EARLIER_ONES_ENDED, transaction_id):
            return True
        await asyncio.sleep(CHECK_EVERY_SECONDS)
    return False


async def seal(side: Side, windows: Iterable[HourCounts], *, now: datetime) -> None:
    """Store the counts made after `start_counting`, except those of hours that were opened since."""
    rows = [
        {
            "start": window.start,
            "total": window.total,
            "counts": [one.count for one in window.buckets],
            "digests": [_signed(one.digest) for one in window.buckets],
            "tallies": window.tallies,
        }
        for window in windows
    ]
    await side.pool.execute(_SEAL, side.publisher, now, msgspec.json.encode(rows).decode())


async def windows_between(
    side: Side, since: datetime, until: datetime, *, recount: bool = False
) -> list[HourCounts]:
    """Return the windows that are not empty: stored counts of sealed hours, the others counted now.

    `recount` counts the sealed hours as well.
    """
    found = {} if recount else await _read_sealed(side, since, until)
    for first, end in uncovered(sorted(found), since, until):
        found |= {window.start: window for window in await side.count(first, end)}
    return [window for _, window in sorted(found.items()) if window.total]


async def longest_unverified(side: Side, count: int) -> list[datetime]:
    """Return up to `count` sealed hours whose last count is the longest ago."""
    rows = await side.pool.fetch(_LONGEST_UNVERIFIED, side.publisher, count)
    return [row["window_start"] for row in rows]


async def no_longer_equal(side: Side, starts: Sequence[datetime]) -> list[datetime]:
    """Count sealed hours again; return those whose stored counts differ from what is held now."""
    counted = await side.count_each(joined(starts))
    sealed = [found for start in starts for found in (await _read_sealed(side, start, start + HOUR)).values()]
    return [window.start for window in sealed if window.buckets != counted[window.start].buckets]


async def mark_verified(side: Side, starts: Sequence[datetime], *, now: datetime) -> None:
    """Record that the stored counts of these hours were found correct."""
    await side.pool.execute(_VERIFY, side.publisher, starts, now)


async def reopen(side: Side, starts: Sequence[datetime]) -> None:
    """Set sealed hours to open again, because what they hold has changed."""
    await side.pool.execute(_REOPEN, side.publisher, starts)


async def _read_sealed(side: Side, since: datetime, until: datetime) -> dict[datetime, HourCounts]:
    rows = await side.pool.fetch(_SEALED, side.publisher, since, until)
    return {
        row["window_start"]: HourCounts(
            start=row["window_start"],
            total=row["total"],
            buckets=tuple(cell(*one) for one in zip(row["counts"], row["digests"], strict=True)),
            tallies=msgspec.json.decode(row["tallies"]),
        )
        for row in rows
    }


def _signed(digest: str) -> int:
    return int.from_bytes(bytes.fromhex(digest), signed=True)
