"""What need not be counted again? An hour that is over is counted once and sealed; a late writer opens it.

Sealing and writing do not wait for each other but at the seal's row. Whoever writes into an hour sets its
seal to open in the same transaction (`shared.spine.outbox.append`, `shared.spine.inbox.entering`). To seal is
to set the row to counting, to let every transaction end that did not see this, then to count, and to close
what nobody opened meanwhile. A slow sweep counts sealed hours again, so that a loss in an old hour shows.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from shared.spine.reconciliation.counting import Side, cell
from shared.spine.reconciliation.windows import HOUR, Window, gaps, hours, runs

CLOSED_AFTER: Final = timedelta(minutes=5)
"""Past the end of its hour; longer than a transaction may take, but nothing rests on it."""
MOST_LOOKS: Final = 50
LOOK_AGAIN_SECONDS: Final = 0.1
MOST_WINDOWS: Final = 24 * 31
"""As many are counted or sent at once."""

_EXTEND: Final = """
INSERT INTO seals (publisher, window_start, state)
SELECT $1, start, 'open' FROM generate_series(
    coalesce((SELECT max(window_start) + interval '1 hour' FROM seals WHERE publisher = $1), $2::timestamptz),
    $3::timestamptz - interval '1 hour', interval '1 hour') AS start
ON CONFLICT DO NOTHING
"""
_NEWEST: Final = "SELECT max(window_start) FROM seals WHERE publisher = $1"
_UNSEALED: Final = """
SELECT window_start FROM seals WHERE publisher = $1 AND state <> 'sealed' ORDER BY window_start LIMIT $2
"""
_START: Final = """
UPDATE seals SET state = 'counting' WHERE publisher = $1 AND window_start = ANY($2::timestamptz[])
"""
# A number of its own: whoever has a smaller one may not have seen what was committed before.
_AFTER_ALL: Final = "SELECT pg_current_xact_id()::text"
_ALL_ENDED: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8"
_CLOSE: Final = """
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


async def frontier(side: Side) -> datetime | None:
    """The hour after the last one that has a seal, open or not; none when there is none yet."""
    newest: datetime | None = await side.pool.fetchval(_NEWEST, side.publisher)
    return None if newest is None else newest + HOUR


async def unsealed(side: Side, *, first: datetime, now: datetime) -> list[datetime]:
    """The oldest of the hours that are over and not sealed; `first` counts when none has ever been."""
    over = hours(first, now - CLOSED_AFTER)
    if over:
        await side.pool.execute(_EXTEND, side.publisher, over[0], over[-1])
    rows = await side.pool.fetch(_UNSEALED, side.publisher, MOST_WINDOWS)
    return [row["window_start"] for row in rows]


async def start_counting(side: Side, starts: Collection[datetime]) -> bool:
    """Before counting: whether what is counted after this may be sealed.

    Waits for the transactions that are under way; not when one of them takes long, in whatever database.
    """
    if not starts:
        return False
    await side.pool.execute(_START, side.publisher, list(starts))
    after_all = await side.pool.fetchval(_AFTER_ALL)
    for _ in range(MOST_LOOKS):
        if await side.pool.fetchval(_ALL_ENDED, after_all):
            return True
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return False


async def close(side: Side, windows: Iterable[Window], *, now: datetime) -> None:
    """Seal what was counted after `start_counting`, but for what someone wrote into since."""
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
    await side.pool.execute(_CLOSE, side.publisher, now, msgspec.json.encode(rows).decode())


async def windows_between(
    side: Side, since: datetime, until: datetime, *, recount: bool = False
) -> list[Window]:
    """What the side holds: sealed hours as they were counted, the others counted now; no empty ones."""
    found = {} if recount else await _sealed(side, since, until)
    for first, end in gaps(sorted(found), since, until):  # of years, when nobody knows since when
        found |= {window.start: window for window in await side.count(first, end)}
    return [window for _, window in sorted(found.items()) if window.total]


async def longest_unverified(side: Side, count: int) -> list[datetime]:
    """Sealed hours to be counted again, those first that were not for the longest time."""
    rows = await side.pool.fetch(_LONGEST_UNVERIFIED, side.publisher, count)
    return [row["window_start"] for row in rows]


async def changed(side: Side, starts: Sequence[datetime]) -> list[datetime]:
    """Which of these sealed hours do not hold what their seals say."""
    counted = await side.count_each(runs(starts))
    sealed = [found for start in starts for found in (await _sealed(side, start, start + HOUR)).values()]
    return [window.start for window in sealed if window.buckets != counted[window.start].buckets]


async def verified(side: Side, starts: Sequence[datetime], *, now: datetime) -> None:
    """They still hold what they held."""
    await side.pool.execute(_VERIFY, side.publisher, starts, now)


async def reopen(side: Side, starts: Sequence[datetime]) -> None:
    """They do not hold what their seals say."""
    await side.pool.execute(_REOPEN, side.publisher, starts)


async def _sealed(side: Side, since: datetime, until: datetime) -> dict[datetime, Window]:
    rows = await side.pool.fetch(_SEALED, side.publisher, since, until)
    return {
        row["window_start"]: Window(
            start=row["window_start"],
            total=row["total"],
            buckets=tuple(cell(*one) for one in zip(row["counts"], row["digests"], strict=True)),
            tallies=msgspec.json.decode(row["tallies"]),
        )
        for row in rows
    }


def _signed(digest: str) -> int:
    return int.from_bytes(bytes.fromhex(digest), signed=True)
