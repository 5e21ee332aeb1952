"""Which numbers of a person are missing, though a later one came? They are pulled at once, or said loudly.

`shared.spine.inbox.entering` notes them in the transaction in which the later one is entered.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.database.pool import Executor
from shared.spine.reconciliation.books import Books
from shared.spine.reconciliation.peer import Peer
from shared.spine.reconciliation.pulling import Puller
from shared.spine.reconciliation.shapes import Span
from shared.telemetry.logging import get_logger

MOST_AT_ONCE: Final = 500
MOST_ABSENT: Final = 100

_HELD: Final = """
DELETE FROM holes WHERE EXISTS (
    SELECT FROM inbox WHERE (inbox.publisher, inbox.subject, inbox.sequence)
        = (holes.publisher, holes.subject, holes.sequence)
) OR EXISTS (
    SELECT FROM parked WHERE (parked.publisher, parked.subject, parked.sequence)
        = (holes.publisher, holes.subject, holes.sequence)
)
"""
# What is missing before a number reaches down to the next lower one that is held.
_OPEN: Final = """
SELECT subject, sequence AS last, 1 + coalesce(greatest(
    (SELECT max(sequence) FROM inbox
        WHERE publisher = holes.publisher AND subject = holes.subject AND sequence < holes.sequence),
    (SELECT max(sequence) FROM parked
        WHERE publisher = holes.publisher AND subject = holes.subject AND sequence < holes.sequence)
), 0) AS first
FROM holes WHERE publisher = $1 AND absent_at IS NULL ORDER BY noticed_at LIMIT $2
"""
_ABSENT: Final = """
INSERT INTO holes (publisher, subject, sequence, noticed_at, absent_at)
SELECT $1, $2, sequence, $4, $4 FROM unnest($3::bigint[]) AS sequence
ON CONFLICT (publisher, subject, sequence) DO UPDATE SET absent_at = excluded.absent_at
"""
_COUNT_ABSENT: Final = "SELECT count(*) FROM holes WHERE publisher = $1 AND absent_at IS NOT NULL"


async def fill(books: Books, peer: Peer, puller: Puller) -> int:
    """Pull what is missing of one publisher; how much came. Raises PeerUnavailable."""
    pulled = 0
    await books.pool.execute(_HELD)
    open_ = await books.pool.fetch(_OPEN, peer.publisher, MOST_AT_ONCE)
    spans = [Span(row["subject"], row["first"], row["last"]) for row in open_]
    present: dict[UUID, set[int]] = defaultdict(set)
    async for page in peer.events_of_persons(spans):
        pulled += await puller.pull(peer.publisher, page)
        for event in page:
            present[event.subject].add(event.sequence)
    for span in spans:
        absent = _absent(span.first, span.last, present[span.subject])
        await _say_absent(books, peer.publisher, span.subject, absent)
    await books.pool.execute(_HELD)
    return pulled


async def count_absent(connection: Executor, publisher: str) -> int:
    """Numbers that the publisher does not have either."""
    count: int = await connection.fetchval(_COUNT_ABSENT, publisher)
    return count


def _absent(first: int, last: int, present: Collection[int]) -> list[int]:
    wanted = range(max(first, last - MOST_ABSENT), last + 1)
    return [sequence for sequence in wanted if sequence not in present]


async def _say_absent(books: Books, publisher: str, subject: UUID, absent: Sequence[int]) -> None:
    """They are not asked for again; if one comes all the same, the hole is gone."""
    if absent:
        now: datetime = books.clock()
        await books.pool.execute(_ABSENT, publisher, subject, absent, now)
        get_logger().error("publisher_lacks_numbers", publisher=publisher, count=len(absent))
