"""How are many parked events retried? In shares, at a rate, and not beyond too many failures.

A share ends after a few seconds, so that whoever asks sees how it goes and can stop by not asking for more.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Final

import msgspec

from shared.database.pool import Pool
from shared.spine.parked import rows
from shared.spine.parked.retry import Retry, StillParked
from shared.spine.parked.rows import Row, Wanted
from shared.spine.parked.shapes import RetriedMany, RetryMany
from shared.web.problems import FieldError, Problem

SHARE_SECONDS: Final = 2.0
_CURSOR: Final = re.compile(r"([0-9]{1,18})(\+?)")


class _Cursor(msgspec.Struct, frozen=True):
    """The last row tried that nothing held up, and whether more of its stream is to come."""

    head: int = 0
    within: bool = False

    @classmethod
    def of(cls, text: str) -> "_Cursor":
        found = _CURSOR.fullmatch(text or "0")
        if found is None:
            raise Problem(
                422, "The body does not fit", errors=[FieldError("/after", "not what was answered")]
            )
        return cls(int(found[1]), bool(found[2]))

    def __str__(self) -> str:
        return f"{self.head}{'+' if self.within else ''}"


class _Turn(msgspec.Struct, frozen=True):
    """Which row is tried, and the row that its stream began with."""

    row: Row
    head: int


async def retry_many(
    pool: Pool, retry: Retry, asked: RetryMany, *, by: str, now: Callable[[], float]
) -> RetriedMany:
    """One share; `now` is a monotonic clock."""
    wanted = Wanted(reason=asked.reason, publisher=asked.publisher)
    cursor, applied, failed = _Cursor.of(asked.after), 0, list[StillParked]()
    until = now() + SHARE_SECONDS
    turn = await _next(pool, retry, wanted, cursor)
    while turn is not None and len(failed) < asked.stop_after_failures:
        began = now()
        still_parked = await _one(retry, turn.row, by=by, because=asked.because)
        if still_parked is None:
            applied += 1
        else:
            failed.append(still_parked)
        # Who failed holds up the rest of its stream.
        cursor = _Cursor(turn.head, within=still_parked is None)
        turn = await _next(pool, retry, wanted, cursor)
        # Also after the last one: whoever asks for the next share does so at once.
        await asyncio.sleep(max(0.0, 1 / asked.rate_per_second - (now() - began)))
        if now() >= until:
            break
    return RetriedMany(
        applied=applied,
        still_parked=failed,
        stopped=len(failed) >= asked.stop_after_failures,
        next=None if turn is None else str(cursor),
    )


async def _one(retry: Retry, row: Row, *, by: str, because: str | None) -> StillParked | None:
    try:
        return await retry.one(row, by=by, because=because)
    except Problem as problem:
        # Somebody else was faster, or something earlier came meanwhile: it is their turn.
        return StillParked(parked_id=row["id"], reason=problem.title)


async def _next(pool: Pool, retry: Retry, wanted: Wanted, cursor: _Cursor) -> _Turn | None:
    if cursor.within:
        head = await rows.one(pool, cursor.head)
        follower = await retry.follower(head, lambda row: wanted.reason in {None, row["reason"]})
        if follower is not None:
            return _Turn(follower, cursor.head)
    row = await rows.next_head(pool, wanted, after=cursor.head)
    return None if row is None else _Turn(row, row["id"])
