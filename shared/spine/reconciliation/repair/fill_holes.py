"""Pulls the events whose sequence numbers were skipped, and reports numbers that the publisher does not have.

A hole is a sequence number of a person that is missing although a later one was applied.
`shared.spine.inbox.insert` notes it in the transaction that enters the later one.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from shared.database.pool import Executor
from shared.spine.reconciliation.context import ReconciliationContext
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.reconciliation.repair.puller import Puller
from shared.telemetry.logging import get_logger

MAX_HOLES_PER_RUN: Final = 500
MAX_ABSENT_PER_HOLE: Final = 100

_DELETE_FILLED: Final = """
DELETE FROM holes WHERE EXISTS (
    SELECT FROM inbox WHERE (inbox.publisher, inbox.subject, inbox.sequence)
        = (holes.publisher, holes.subject, holes.sequence)
) OR EXISTS (
    SELECT FROM parked WHERE (parked.publisher, parked.subject, parked.sequence)
        = (holes.publisher, holes.subject, holes.sequence)
)
"""
# A hole reaches from its number down to the next lower one that is held.
_OPEN: Final = """
SELECT subject, sequence AS last, 1 + coalesce(greatest(
    (SELECT max(sequence) FROM inbox
        WHERE publisher = holes.publisher AND subject = holes.subject AND sequence < holes.sequence),
    (SELECT max(sequence) FROM parked
        WHERE publisher = holes.publisher AND subject = holes.subject AND sequence < holes.sequence)
), 0) AS first
FROM holes WHERE publisher = $1 AND absent_at IS NULL ORDER BY noticed_at LIMIT $2
"""
_MARK_ABSENT: Final = """
INSERT INTO holes (publisher, subject, sequence, noticed_at, absent_at)
SELECT $1, $2, sequence, $4, $4 FROM unnest($3::bigint[]) AS sequence
ON CONFLICT (publisher, subject, sequence) DO UPDATE SET absent_at = excluded.absent_at
"""
_COUNT_ABSENT: Final = "SELECT count(*) FROM holes WHERE publisher = $1 AND absent_at IS NOT NULL"


async def fill_holes(context: ReconciliationContext, ledger: LedgerClient, puller: Puller) -> int:
    """Pull what is missing of one publisher; return how many events came. Raises PublisherUnavailable."""
    pulled = 0
    await context.pool.execute(_DELETE_FILLED)
    holes = await context.pool.fetch(_OPEN, ledger.publisher, MAX_HOLES_PER_RUN)
    spans = [Span(row["subject"], row["first"], row["last"]) for row in holes]
    present: dict[UUID, set[int]] = defaultdict(set)
    async for page in ledger.events_of_persons(spans):
        pulled += await puller.pull(ledger.publisher, page)
        for event in page:
            present[event.subject].add(event.sequence)
    for span in spans:
        absent = _absent_numbers(span.first, span.last, present[span.subject])
        await _report_absent(context, ledger.publisher, span.subject, absent)
    await context.pool.execute(_DELETE_FILLED)
    return pulled


async def count_absent(connection: Executor, publisher: str) -> int:
    """Count the skipped sequence numbers that the publisher does not have either."""
    count: int = await connection.fetchval(_COUNT_ABSENT, publisher)
    return count


def _absent_numbers(first: int, last: int, present: Collection[int]) -> list[int]:
    wanted = range(max(first, last - MAX_ABSENT_PER_HOLE), last + 1)
    return [sequence for sequence in wanted if sequence not in present]


async def _report_absent(
    context: ReconciliationContext, publisher: str, subject: UUID, absent: Sequence[int]
) -> None:
    """Mark and log them; they are not asked for again, and an event that comes later closes its hole."""
    if absent:
        await context.pool.execute(_MARK_ABSENT, publisher, subject, absent, context.clock())
        get_logger().error("publisher_lacks_numbers", publisher=publisher, count=len(absent))
