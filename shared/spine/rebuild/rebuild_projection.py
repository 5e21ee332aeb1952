"""Rebuilds a projection, restores the previous one, or drops it: the three things an operator can ask for."""

from time import monotonic

import msgspec

from shared.spine.rebuild import schemas
from shared.spine.rebuild.compare_tables import compare_tables, count_in_motion
from shared.spine.rebuild.context import RebuildContext
from shared.spine.rebuild.filler import ProjectionFiller
from shared.spine.rebuild.projection import RebuildError
from shared.spine.rebuild.swap_tables import FEW, swap_tables
from shared.spine.rebuild.table_comparison import TableComparison


class RebuildResult(msgspec.Struct, frozen=True, kw_only=True):
    """What was done, and what the comparison found."""

    service: str
    done: str
    """compared, swapped, undone, dropped or nothing."""
    events: int = 0
    """Applied to the projection."""
    seconds: float = 0.0
    held_seconds: float = 0.0
    """For so long nothing was applied to the live one."""
    in_motion: int = 0
    """Persons who were not compared, because events of theirs came meanwhile or are still to come."""
    tables: tuple[TableComparison, ...] = ()


async def rebuild_projection(context: RebuildContext, *, swap: bool) -> RebuildResult:
    """Rebuild the projection from the ledgers, compare it with the live one, and swap them if `swap`.

    Raises RebuildError; the live projection is unchanged then.
    """
    began = monotonic()
    async with context.exclusively():
        await schemas.create_empty_projection(context.live, context.projection, context.database_url)
        filler = context.filler()
        await filler.apply_all(until=context.projection.clock(), report_phase=context.report_phase)
        since = await filler.catch_up(since=None, few=FEW)
        compared = await _compare(context, filler, began)
        if not swap:
            return compared
        await _adopt_rows(context)
        held = await swap_tables(filler, since=since)
        return msgspec.structs.replace(
            compared, done="swapped", events=filler.applied, held_seconds=held, seconds=monotonic() - began
        )


async def restore_previous(context: RebuildContext) -> RebuildResult:
    """Swap the previous projection back in, after applying to it what was applied since.

    The one that was live is the previous one then. Raises RebuildError when there is nothing to restore, or
    the database was migrated since.
    """
    began = monotonic()
    async with context.exclusively():
        previous = await schemas.previous_projection(context.live)
        if previous is None:
            raise RebuildError("there is no earlier projection to bring back")
        revision = await schemas.create_scratch(context.live, context.projection, context.database_url)
        if previous.revision != revision:
            raise RebuildError(
                f"the earlier projection is of revision {previous.revision}, the database at {revision}"
            )
        await schemas.drop_empty_projection(context.live, context.projection)
        filler = context.filler()
        held = await swap_tables(filler, since=previous.since)
        return RebuildResult(
            service=context.projection.service,
            done="undone",
            events=filler.applied,
            seconds=monotonic() - began,
            held_seconds=held,
        )


async def drop_previous(context: RebuildContext) -> RebuildResult:
    """Drop the previous projection: it cannot be restored any more."""
    async with context.exclusively():
        was_kept = await schemas.drop_previous_projection(context.live)
    return RebuildResult(service=context.projection.service, done="dropped" if was_kept else "nothing")


async def _compare(context: RebuildContext, filler: ProjectionFiller, began: float) -> RebuildResult:
    for each in context.projection.swapped:
        await context.live.execute(f"ANALYZE beside.{each.table}")
    context.report_phase("comparing", {})
    return RebuildResult(
        service=context.projection.service,
        done="compared",
        events=filler.applied,
        seconds=monotonic() - began,
        in_motion=await count_in_motion(context.live),
        tables=tuple(await compare_tables(context.live, context.rebuilt, context.projection)),
    )


async def _adopt_rows(context: RebuildContext) -> None:
    for table in context.projection.adopted:
        key = ", ".join(context.projection.key_of(table))
        await context.live.execute(
            f"INSERT INTO public.{table} ({key}) SELECT {key} FROM rebuild_scratch.{table} "  # noqa: S608
            "ON CONFLICT DO NOTHING"
        )
