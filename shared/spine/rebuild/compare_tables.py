"""Compares the tables of the rebuilt projection with the live ones, each in one snapshot.

A digest is the exclusive or of a hash of each row, so the order of the rows does not matter. A person of
whom one side has applied an event that the other has not is in motion, and left out.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from shared.database.pool import Executor, Pool
from shared.spine.rebuild.projection import ProjectedTable, Projection
from shared.spine.rebuild.table_comparison import MAX_NAMED, TableComparison, hexadecimal

_MOVING: Final = """
SELECT subject FROM public.inbox AS live WHERE NOT EXISTS (
    SELECT FROM rebuild_scratch.inbox AS made WHERE made.event_id = live.event_id)
UNION
SELECT subject FROM rebuild_scratch.inbox AS made WHERE NOT EXISTS (
    SELECT FROM public.inbox AS live WHERE live.event_id = made.event_id)
"""
_COMPARE: Final = """
WITH moving AS MATERIALIZED (MOVING), live AS (
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
_COUNT_MOVING: Final = f"SELECT count(*) FROM ({_MOVING}) AS moving"  # noqa: S608
_MOVING_AMONG: Final = f"SELECT subject FROM ({_MOVING}) AS moving WHERE subject = ANY($1::uuid[])"  # noqa: S608


async def compare_tables(live: Pool, rebuilt: Pool, projection: Projection) -> list[TableComparison]:
    """Compare every table that the projection names, and what else follows from them."""
    swapped = [await _compare(live, projection, each, "beside") for each in projection.swapped]
    kept = [await _compare(live, projection, each, "rebuild_scratch") for each in projection.compared]
    also = await projection.compare_also(live, rebuilt) if projection.compare_also is not None else []
    return [*swapped, *kept, *also]


async def count_in_motion(connection: Executor) -> int:
    """Count the persons of whom one side has applied an event that the other has not."""
    count: int = await connection.fetchval(_COUNT_MOVING)
    return count


async def in_motion(connection: Executor, person_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the persons of whom one side has applied an event that the other has not."""
    return {row["subject"] for row in await connection.fetch(_MOVING_AMONG, list(person_ids))}


async def _compare(
    connection: Executor, projection: Projection, projected: ProjectedTable, made: str
) -> TableComparison:
    query = (
        _COMPARE.replace("KEY", ", ".join(projection.key_of(projected.table)))
        .replace("MOVING", _MOVING)
        .replace("COLUMNS", ", ".join(projection.columns_of(projected)))
        .replace("MADE", made)
        .replace("TABLE", projected.table)
    )
    row = dict(await connection.fetchrow(query, MAX_NAMED))
    return TableComparison(
        table=projected.table,
        is_swapped=made == "beside",
        live_digest=hexadecimal(row.pop("live_digest")),
        made_digest=hexadecimal(row.pop("made_digest")),
        persons=tuple(row.pop("persons") or ()),
        **row,
    )
