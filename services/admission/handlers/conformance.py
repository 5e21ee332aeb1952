"""Stores what was counted of each source's problems, shows it to its establishment, and forgets it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.conformance import Tally
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage import conformance as storage
from services.admission.storage.conformance import ConformanceDay, FrequentProblem
from services.admission.storage.hl7v2.dialects import source_exists
from shared.database.transaction import transaction
from shared.runtime.failures import TRANSIENT
from shared.runtime.waiting import wait_for
from shared.security.principal import Principal

STORED_EVERY_SECONDS: Final = 15.0
"""What was counted since then is lost when a process is killed: these are figures, not facts."""
KEPT: Final = timedelta(days=90)


class Conformance(Struct, frozen=True, kw_only=True):
    """How well what a source sends fits, day by day (UTC), and its ten most frequent problems."""

    days: tuple[ConformanceDay, ...]
    problems: tuple[FrequentProblem, ...]
    score: float | None
    """The share of what it sent without any problem, in all these days; none when it sent nothing."""


async def store_tally(dependencies: Dependencies) -> None:
    """Store what was counted; what cannot be stored now is counted on."""
    tally = dependencies.tally
    if not tally.seen:
        return
    counted = Tally(tally.seen.copy(), tally.faulty.copy(), tally.problems.copy())
    for mine in (tally.seen, tally.faulty, tally.problems):
        mine.clear()  # what is counted from now on is of the next time
    try:
        async with transaction(dependencies.pool) as connection:
            await storage.add(
                connection,
                dependencies.clock().date(),
                seen=counted.seen,
                faulty=counted.faulty,
                problems=counted.problems,
            )
    except TRANSIENT:
        tally.seen.update(counted.seen)
        tally.faulty.update(counted.faulty)
        tally.problems.update(counted.problems)


@asynccontextmanager
async def storing_tally(dependencies: Dependencies) -> AsyncIterator[None]:
    """Store it every few seconds while this lasts, and once at the end."""
    stop = asyncio.Event()
    storing = asyncio.create_task(_store_until(dependencies, stop))
    try:
        yield
    finally:
        stop.set()
        await storing


async def _store_until(dependencies: Dependencies, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await wait_for(stop, timeout_seconds=STORED_EVERY_SECONDS)
        await store_tally(dependencies)


async def show_conformance(
    dependencies: Dependencies, source_id: UUID, *, days: int, by: Principal
) -> Conformance | None:
    """That of one of the caller's own sources; `None` when it is none of theirs."""
    exists, establishment = await source_exists(dependencies.pool, source_id)
    if not exists or not _is_own(establishment, by):
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


def _is_own(establishment: str | None, by: Principal) -> bool:
    return by.is_platform_operator if establishment is None else by.may_see(establishment)
