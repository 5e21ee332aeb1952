"""Reads the events of a service's own ledger, page by page: those of a cell, or those of persons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from shared.database.pool import Executor
from shared.events.envelope import TraceContext
from shared.spine.reconciliation.hours.windows import BUCKETS, HOUR, hour_of
from shared.spine.reconciliation.ledger.pages import LedgerPage, Span, SpansPage
from shared.spine.records.pulled import LedgerEvent

PAGE: Final = 1000

# The hour is searched once for each cell, not for each page: the pages step through its range of ids.
_BOUNDS: Final = """
SELECT min(id) AS first, max(id) AS last FROM ledger WHERE recorded_at >= $1 AND recorded_at < $2
"""
CELL: Final = """
SELECT * FROM ledger
WHERE id > $4 AND id <= $5
    AND recorded_at >= $1 AND recorded_at < $2 AND get_byte(uuid_send(subject), 15) % 16 = $3
ORDER BY id LIMIT $6
"""
_SPANS: Final = """
SELECT asked.place, found.*
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS asked (subject, first, last, place)
CROSS JOIN LATERAL (
    SELECT * FROM ledger WHERE ledger.subject = asked.subject AND sequence BETWEEN asked.first AND asked.last
    ORDER BY sequence LIMIT $4
) AS found
ORDER BY asked.place, found.sequence LIMIT $4
"""
_FIRST: Final = "SELECT recorded_at FROM ledger ORDER BY id LIMIT 1"

_traces: Final = msgspec.json.Decoder(TraceContext)


async def events_of_cell(
    connection: Executor, *, window: datetime, bucket: int, after: int, last: int | None, limit: int
) -> LedgerPage:
    """Return a page of a cell's events, in the order of their ids; an empty page need not be the last.

    `after` and `last` are those of the page before; 0 and None ask for the first page.
    """
    if last is None:
        bounds = await connection.fetchrow(_BOUNDS, window, window + HOUR)
        if bounds["last"] is None:
            return LedgerPage(events=())
        after, last = max(after, bounds["first"] - 1), bounds["last"]
    end = min(after + limit * BUCKETS, last)
    rows = await connection.fetch(CELL, window, window + HOUR, bucket, after, end, limit)
    reached = rows[-1]["id"] if len(rows) == limit else end
    is_last = reached >= last
    return LedgerPage(
        events=_ledger_events(rows), after=None if is_last else reached, last=None if is_last else last
    )


async def events_of_spans(connection: Executor, spans: Sequence[Span]) -> SpansPage:
    """Return a page of the events of spans, span by span, and the spans that the page leaves out."""
    asked = ([getattr(span, name) for span in spans] for name in ("subject", "first", "last"))
    rows = await connection.fetch(_SPANS, *asked, PAGE)
    rest: list[Span] = []
    if len(rows) == PAGE:
        place, reached = rows[-1]["place"], rows[-1]["sequence"]
        last = spans[place - 1]
        rest = [Span(last.subject, reached + 1, last.last)] if reached < last.last else []
        rest += spans[place:]
    return SpansPage(events=_ledger_events(rows), rest=tuple(rest))


async def first_recorded_hour(connection: Executor) -> datetime | None:
    """Return an hour before which nothing was recorded; None while the ledger is empty."""
    first: datetime | None = await connection.fetchval(_FIRST)
    # Two batches may write concurrently, so the first id need not have the earliest moment.
    return None if first is None else hour_of(first) - HOUR


def _ledger_events(rows: Sequence[Any]) -> tuple[LedgerEvent, ...]:
    return tuple(
        LedgerEvent(
            event_id=row["event_id"],
            subject=row["subject"],
            sequence=row["sequence"],
            type=row["type"],
            occurred_at=row["occurred_at"],
            recorded_at=row["recorded_at"],
            establishment=row["establishment"],
            trace=_traces.decode(row["trace"]) if row["trace"] else {},
            data=msgspec.Raw(row["data"]),
        )
        for row in rows
    )
