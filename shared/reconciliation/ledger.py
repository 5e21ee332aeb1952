"""What did this service publish? Read from its ledger, a cell or a person at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from shared.db.pool import Executor
from shared.events.envelope import TraceContext
from shared.inbox.pulled import LedgerEvent
from shared.reconciliation.shapes import LedgerPage
from shared.reconciliation.windows import HOUR, hour_of

PAGE: Final = 1000

# The hour first, then the order: by itself the planner may walk the whole ledger in the order of its ids.
_CELL: Final = """
WITH cell AS MATERIALIZED (
    SELECT id FROM ledger
    WHERE recorded_at >= $1 AND recorded_at < $2 AND get_byte(uuid_send(subject), 15) % 16 = $3
)
SELECT ledger.* FROM cell JOIN ledger USING (id) WHERE id > $4 ORDER BY id LIMIT $5
"""
_PERSON: Final = """
SELECT * FROM ledger WHERE subject = $1 AND sequence BETWEEN $2 AND $3 ORDER BY sequence LIMIT $4
"""
_FIRST: Final = "SELECT recorded_at FROM ledger ORDER BY id LIMIT 1"

_traces: Final = msgspec.json.Decoder(TraceContext)


async def events_of_cell(
    connection: Executor, *, window: datetime, bucket: int, after: int, limit: int
) -> LedgerPage:
    """A page of an hour's and bucket's events, in the order of their ids."""
    rows = await connection.fetch(_CELL, window, window + HOUR, bucket, after, limit)
    return LedgerPage(events=_events(rows), after=rows[-1]["id"] if len(rows) == limit else None)


async def events_of_person(connection: Executor, subject: UUID, *, first: int, last: int) -> LedgerPage:
    """The events of a subject with these sequence numbers; at most a page of them."""
    return LedgerPage(events=_events(await connection.fetch(_PERSON, subject, first, last, PAGE)))


async def first_hour(connection: Executor) -> datetime | None:
    """An hour before which nothing was recorded; none while the ledger is empty."""
    first: datetime | None = await connection.fetchval(_FIRST)
    # Of two batches that wrote at once, the first id need not have the first moment.
    return None if first is None else hour_of(first) - HOUR


def _events(rows: Sequence[Any]) -> tuple[LedgerEvent, ...]:
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
