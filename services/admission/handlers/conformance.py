"""Shows what was counted of each source's problems to its establishment, and forgets it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.own_sources import is_own_source
from services.admission.storage import conformance as storage
from services.admission.storage.conformance import ConformanceDay, FrequentProblem
from shared.database.transaction import transaction
from shared.security.principal import Principal

KEPT: Final = timedelta(days=90)


class Conformance(Struct, frozen=True, kw_only=True):
    """How well what a source sends fits, day by day (UTC), and its ten most frequent problems."""

    days: tuple[ConformanceDay, ...]
    problems: tuple[FrequentProblem, ...]
    score: float | None
    """The share of what it sent without any problem, in all these days; none when it sent nothing."""


async def show_conformance(
    dependencies: Dependencies, source_id: UUID, *, days: int, by: Principal
) -> Conformance | None:
    """That of one of the caller's own sources; `None` when it is none of theirs."""
    if not await is_own_source(dependencies, source_id, by=by):
        return None
    since = dependencies.clock().date() - timedelta(days=days - 1)
    by_day = await storage.days_of(dependencies.pool, source_id, since=since)
    seen = sum(day.seen for day in by_day)
    return Conformance(
        days=tuple(by_day),
        problems=tuple(await storage.problems_of(dependencies.pool, source_id, since=since)),
        score=1 - sum(day.faulty for day in by_day) / seen if seen else None,
    )


async def forget_conformance(dependencies: Dependencies) -> None:
    """Delete what was counted too long ago."""
    async with transaction(dependencies.pool) as connection:
        await storage.forget(connection, before=dependencies.clock().date() - KEPT)
