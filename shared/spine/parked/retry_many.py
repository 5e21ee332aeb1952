"""Retries many parked events in chunks, at a limited rate, until too many have failed.

A chunk ends after a few seconds, so that the caller sees the progress and stops by asking for no more.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Final

import msgspec

from shared.spine.parked import rows
from shared.spine.parked.context import ParkedContext
from shared.spine.parked.retry_event import next_in_stream, retry_event
from shared.spine.parked.rows import ParkedFilter, Row
from shared.spine.parked.shapes import RetriedMany, RetryMany, StillParked
from shared.web.problems import FieldError, Problem

CHUNK_SECONDS: Final = 2.0
_CURSOR: Final = re.compile(r"([0-9]{1,18})(\+?)")


class _Cursor(msgspec.Struct, frozen=True):
    """The row with which the last stream began, and whether more of that stream is to be retried."""

    head: int = 0
    within: bool = False

    @classmethod
    def parse(cls, text: str) -> "_Cursor":
        """Read what an earlier answer gave as `next`; raises Problem 422."""
        found = _CURSOR.fullmatch(text or "0")
        if found is None:
            raise Problem(
                422, "The body does not fit", errors=[FieldError("/after", "not what was answered")]
            )
        return cls(int(found[1]), bool(found[2]))

    def __str__(self) -> str:
        return f"{self.head}{'+' if self.within else ''}"


class _Candidate(msgspec.Struct, frozen=True):
    """The row to retry, and the row with which its stream began."""

    row: Row
    head: int


async def retry_many(
    context: ParkedContext, asked: RetryMany, *, by: str, now: Callable[[], float]
) -> RetriedMany:
    """Retry one chunk of the events; `now` is a monotonic clock in seconds."""
    filters = ParkedFilter(reason=asked.reason, publisher=asked.publisher)
    cursor, applied, failed = _Cursor.parse(asked.after), 0, list[StillParked]()
    until = now() + CHUNK_SECONDS
    candidate = await _next_candidate(context, filters, cursor)
    while candidate is not None and len(failed) < asked.stop_after_failures:
        began = now()
        still_parked = await _retry_row(context, candidate.row, by=by, because=asked.because)
        if still_parked is None:
            applied += 1
        else:
            failed.append(still_parked)
        # An event that failed holds up the rest of its stream.
        cursor = _Cursor(candidate.head, within=still_parked is None)
        candidate = await _next_candidate(context, filters, cursor)
        # Also after the last one: the next chunk may be requested immediately.
        await asyncio.sleep(max(0.0, 1 / asked.rate_per_second - (now() - began)))
        if now() >= until:
            break
    return RetriedMany(
        applied=applied,
        still_parked=failed,
        stopped=len(failed) >= asked.stop_after_failures,
        next=None if candidate is None else str(cursor),
    )


async def _retry_row(context: ParkedContext, row: Row, *, by: str, because: str | None) -> StillParked | None:
    try:
        return await retry_event(context, row, by=by, because=because)
    except Problem as problem:
        # Another operator was faster, or an earlier event of the stream came meanwhile.
        return StillParked(parked_id=row["id"], reason=problem.title)


async def _next_candidate(
    context: ParkedContext, filters: ParkedFilter, cursor: _Cursor
) -> _Candidate | None:
    if cursor.within:
        head = await rows.one(context.pool, cursor.head)
        reasons = None if filters.reason is None else (filters.reason,)
        follower = await next_in_stream(context, head, reasons=reasons)
        if follower is not None:
            return _Candidate(follower, cursor.head)
    row = await rows.next_head(context.pool, filters, after=cursor.head)
    return None if row is None else _Candidate(row, row["id"])
