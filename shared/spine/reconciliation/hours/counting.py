"""Counts what one side holds in given hours, in one pass over the rows of those hours only.

A side is either a publisher's ledger or what a consumer holds of that publisher. Both are counted by the same
SQL, so equal sets give equal digests.
"""

from collections import defaultdict
from datetime import datetime
from typing import Final

import msgspec

from shared.database.pool import Pool
from shared.spine.reconciliation.hours.windows import (
    BUCKETS,
    EMPTY,
    HOUR,
    Cell,
    EventKey,
    HourCounts,
    empty_hour,
    hours,
)

# The digest must not depend on the version of a database: md5 of a text, its first 8 bytes.
COUNT: Final = """
WITH seen AS (
    SELECT date_trunc('hour', recorded_at, 'UTC') AS start,
        get_byte(uuid_send(subject), 15) % 16 AS bucket,
        coalesce(establishment, '') AS establishment,
        is_tallied,
        ('x' || left(md5(event_id::text || ':' || subject::text || ':' || sequence), 16))::bit(64)::bigint
            AS hash
    FROM (HELD) AS held WHERE recorded_at >= $2 AND recorded_at < $3
)
SELECT start, bucket, establishment, count(*) AS count, bit_xor(hash) AS digest,
    count(*) FILTER (WHERE is_tallied) AS tally
FROM seen GROUP BY GROUPING SETS ((start, bucket), (start, establishment))
"""
_EVENT_KEYS: Final = """
SELECT event_id, subject, sequence FROM (HELD) AS held
WHERE recorded_at >= $2 AND recorded_at < $3 AND get_byte(uuid_send(subject), 15) % 16 = $4
"""
_IN_LEDGER: Final = """
SELECT event_id, subject, sequence, recorded_at, establishment, true AS is_tallied FROM ledger
WHERE $1::text IS NOT NULL
"""
# An event that is parked or was dismissed by a person is held too: it need not be pulled again.
_IN_INBOX: Final = """
SELECT event_id, subject, sequence, recorded_at, establishment, true AS is_tallied FROM inbox
WHERE publisher = $1
UNION ALL
SELECT event_id, subject, sequence, recorded_at, establishment, false FROM parked
WHERE publisher = $1 AND state <> 'applied' AND event_id IS NOT NULL
"""


class Side(msgspec.Struct, frozen=True):
    """One side of a comparison: the rows that a database holds of one publisher's events."""

    pool: Pool
    publisher: str
    held: str
    """SQL of the rows to count; its only parameter is the publisher."""

    async def count(self, since: datetime, until: datetime) -> list[HourCounts]:
        """Return the windows from `since` on that are not empty; the last one may end early, at `until`."""
        rows = await self.pool.fetch(COUNT.replace("HELD", self.held), self.publisher, since, until)
        cells: dict[datetime, list[Cell]] = defaultdict(lambda: [EMPTY] * BUCKETS)
        tallies: dict[datetime, dict[str, int]] = defaultdict(dict)
        for row in rows:
            if row["bucket"] is not None:
                cells[row["start"]][row["bucket"]] = cell(row["count"], row["digest"])
            elif row["tally"]:
                tallies[row["start"]][row["establishment"]] = row["tally"]
        return [
            HourCounts(
                start=start, total=sum(one.count for one in of), buckets=tuple(of), tallies=tallies[start]
            )
            for start, of in sorted(cells.items())
        ]

    async def count_each(self, spans: list[tuple[datetime, datetime]]) -> dict[datetime, HourCounts]:
        """Return every window of the spans, also empty ones; one statement each, so that none takes long."""
        counted: dict[datetime, HourCounts] = {}
        for since, until in spans:
            for start in hours(since, until):
                found = await self.count(start, min(start + HOUR, until))
                counted[start] = found[0] if found else empty_hour(start)
        return counted

    async def event_keys(self, since: datetime, until: datetime, bucket: int) -> set[EventKey]:
        """Return the events of one cell."""
        query = _EVENT_KEYS.replace("HELD", self.held)
        rows = await self.pool.fetch(query, self.publisher, since, until, bucket)
        return {EventKey(*row) for row in rows}


def ledger_side(pool: Pool, publisher: str) -> Side:
    """Return the side of the publisher itself: its ledger."""
    return Side(pool, publisher, _IN_LEDGER)


def inbox_side(pool: Pool, publisher: str) -> Side:
    """Return the side of a consumer: its inbox, with what it has parked or dismissed."""
    return Side(pool, publisher, _IN_INBOX)


def cell(count: int, digest: int) -> Cell:
    """Return a cell, given the digest as the database has it: a signed number of 64 bits."""
    return Cell(count, f"{digest & (2**64 - 1):016x}")
