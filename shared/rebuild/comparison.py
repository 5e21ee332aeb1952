"""Is the projection that was made equal to the live one? Counted and digested, row by row, in one snapshot.

A digest is the exclusive or of a hash of each row, so the order of the rows does not matter. Persons of
whom one side has applied an event that the other has not are in motion and left out.
"""

from typing import Final

import msgspec

from shared.db.pool import Executor
from shared.rebuild.projection import Projected, Projection

MOST_NAMED: Final = 10

_COMPARE: Final = """
WITH moving AS MATERIALIZED (
    SELECT subject FROM public.inbox AS live WHERE NOT EXISTS (
        SELECT FROM rebuild_scratch.inbox AS made WHERE made.event_id = live.event_id)
    UNION
    SELECT subject FROM rebuild_scratch.inbox AS made WHERE NOT EXISTS (
        SELECT FROM public.inbox AS live WHERE live.event_id = made.event_id)
), live AS (
    SELECT ROW(KEY)::text AS key, person_id,
        ('x' || left(md5(ROW(COLUMNS)::text), 16))::bit(64)::bigint AS hash
    FROM public.TABLE WHERE person_id NOT IN (SELECT subject FROM moving)
), made AS (
    SELECT ROW(KEY)::text AS key, person_id,
        ('x' || left(md5(ROW(COLUMNS)::text), 16))::bit(64)::bigint AS hash
    FROM MADE.TABLE WHERE person_id NOT IN (SELECT subject FROM moving)
)
SELECT count(live.hash) AS live, count(made.hash) AS made,
    coalesce(bit_xor(live.hash), 0) AS live_digest, coalesce(bit_xor(made.hash), 0) AS made_digest,
    count(*) FILTER (WHERE made.hash IS NULL) AS only_live,
    count(*) FILTER (WHERE live.hash IS NULL) AS only_made,
    count(*) FILTER (WHERE live.hash <> made.hash) AS different,
    (array_agg(DISTINCT coalesce(live.person_id, made.person_id)::text)
        FILTER (WHERE live.hash IS DISTINCT FROM made.hash))[1:$1] AS persons
FROM live FULL JOIN made USING (key)
"""
_MOVING: Final = """
SELECT count(DISTINCT subject) FROM (
    SELECT event_id, subject FROM public.inbox AS live WHERE NOT EXISTS (
        SELECT FROM rebuild_scratch.inbox AS made WHERE made.event_id = live.event_id)
    UNION ALL
    SELECT event_id, subject FROM rebuild_scratch.inbox AS made WHERE NOT EXISTS (
        SELECT FROM public.inbox AS live WHERE live.event_id = made.event_id)
) AS moving
"""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A table, live and made anew."""

    table: str
    is_swapped: bool
    live: int
    made: int
    live_digest: str
    made_digest: str
    only_live: int
    only_made: int
    different: int
    """Rows that are there on both sides, and not equal."""
    persons: tuple[str, ...]
    """Of the first that differ."""

    @property
    def is_equal(self) -> bool:
        return not (self.only_live or self.only_made or self.different)


async def compare(connection: Executor, projection: Projection) -> list[Compared]:
    """Every table that the projection names."""
    swapped = [await _compare(connection, projection, each, "beside") for each in projection.swapped]
    kept = [await _compare(connection, projection, each, "rebuild_scratch") for each in projection.compared]
    return [*swapped, *kept]


async def persons_in_motion(connection: Executor) -> int:
    """Of how many persons one side holds an event that the other does not."""
    count: int = await connection.fetchval(_MOVING)
    return count


async def _compare(connection: Executor, projection: Projection, projected: Projected, made: str) -> Compared:
    query = (
        _COMPARE.replace("KEY", ", ".join(projection.key_of(projected.table)))
        .replace("COLUMNS", ", ".join(projection.columns_of(projected)))
        .replace("MADE", made)
        .replace("TABLE", projected.table)
    )
    row = dict(await connection.fetchrow(query, MOST_NAMED))
    return Compared(
        table=projected.table,
        is_swapped=made == "beside",
        live_digest=_hexadecimal(row.pop("live_digest")),
        made_digest=_hexadecimal(row.pop("made_digest")),
        persons=tuple(row.pop("persons") or ()),
        **row,
    )


def _hexadecimal(signed: int) -> str:
    return f"{signed & (2**64 - 1):016x}"
