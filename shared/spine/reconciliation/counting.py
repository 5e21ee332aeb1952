"""What does one side hold in some hours? Counted from the tables, in one pass over those hours only."""

from collections import defaultdict
from datetime import datetime
from typing import Final

import msgspec

from shared.database.pool import Pool
from shared.spine.reconciliation.windows import (
    BUCKETS,
    EMPTY,
    HOUR,
    Cell,
    Identity,
    Window,
    empty_window,
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
_IDENTITIES: Final = """
SELECT event_id, subject, sequence FROM (HELD) AS held
WHERE recorded_at >= $2 AND recorded_at < $3 AND get_byte(uuid_send(subject), 15) % 16 = $4
"""
_IN_LEDGER: Final = """
SELECT event_id, subject, sequence, recorded_at, establishment, true AS is_tallied FROM ledger
WHERE $1::text IS NOT NULL
"""
# What is parked, or was dismissed by a person, is held: it is explained and need not be pulled.
_IN_INBOX: Final = """
SELECT event_id, subject, sequence, recorded_at, establishment, true AS is_tallied FROM inbox
WHERE publisher = $1
UNION ALL
SELECT event_id, subject, sequence, recorded_at, establishment, false FROM parked
WHERE publisher = $1 AND state <> 'applied' AND event_id IS NOT NULL
"""


class Side(msgspec.Struct, frozen=True):
    """One side's events of one publisher: the publisher's ledger, or what a consumer holds."""

    pool: Pool
    publisher: str
    held: str

    async def count(self, since: datetime, until: datetime) -> list[Window]:
        """The windows that are not empty, from the hour `since` until a moment that may lie in the last."""
        rows = await self.pool.fetch(COUNT.replace("HELD", self.held), self.publisher, since, until)
        cells: dict[datetime, list[Cell]] = defaultdict(lambda: [EMPTY] * BUCKETS)
        tallies: dict[datetime, dict[str, int]] = defaultdict(dict)
        for row in rows:
            if row["bucket"] is not None:
                cells[row["start"]][row["bucket"]] = cell(row["count"], row["digest"])
            elif row["tally"]:
                tallies[row["start"]][row["establishment"]] = row["tally"]
        return [
            Window(start=start, total=sum(one.count for one in of), buckets=tuple(of), tallies=tallies[start])
            for start, of in sorted(cells.items())
        ]

    async def count_each(self, runs: list[tuple[datetime, datetime]]) -> dict[datetime, Window]:
        """Every window of the runs, the empty ones too; a statement each, so that none takes long."""
        counted: dict[datetime, Window] = {}
        for since, until in runs:
            for start in hours(since, until):
                found = await self.count(start, min(start + HOUR, until))
                counted[start] = found[0] if found else empty_window(start)
        return counted

    async def identities(self, since: datetime, until: datetime, bucket: int) -> set[Identity]:
        """Which events a cell holds."""
        query = _IDENTITIES.replace("HELD", self.held)
        rows = await self.pool.fetch(query, self.publisher, since, until, bucket)
        return {Identity(*row) for row in rows}


def ledger_side(pool: Pool, publisher: str) -> Side:
    """The publisher's own."""
    return Side(pool, publisher, _IN_LEDGER)


def inbox_side(pool: Pool, publisher: str) -> Side:
    """A consumer's."""
    return Side(pool, publisher, _IN_INBOX)


def cell(count: int, digest: int) -> Cell:
    """A cell from the database's signed number."""
    return Cell(count, f"{digest & (2**64 - 1):016x}")
