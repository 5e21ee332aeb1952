"""Stores what the doors counted: what was wrong with it, and in which minutes each source was heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from services.admission.domain.conformance import Tally
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage import conformance
from services.admission.storage.silences import heard, sequences
from shared.database.transaction import transaction
from shared.runtime.failures import TRANSIENT
from shared.runtime.waiting import wait_for

STORED_EVERY_SECONDS: Final = 15.0
"""What was counted since then is lost when a process is killed: these are figures, not facts."""


async def store_tally(dependencies: Dependencies) -> None:
    """Store what was counted, and that we listen; what cannot be stored now is counted on."""
    tally = dependencies.tally
    counted = Tally(
        tally.seen.copy(),
        tally.faulty.copy(),
        tally.problems.copy(),
        tally.heartbeats.copy(),
        tally.numbers.copy(),
    )
    for mine in (tally.seen, tally.faulty, tally.problems, tally.heartbeats, tally.numbers):
        mine.clear()  # what is counted from now on is of the next time
    try:
        await _store(dependencies, counted)
    except TRANSIENT:
        tally.seen.update(counted.seen)
        tally.faulty.update(counted.faulty)
        tally.problems.update(counted.problems)
        tally.heartbeats.update(counted.heartbeats)
        for source_id, numbers in counted.numbers.items():
            tally.numbers[source_id] = [*numbers, *tally.numbers.get(source_id, ())]


async def _store(dependencies: Dependencies, counted: Tally) -> None:
    now = dependencies.clock()
    ourselves = {heard.OURSELVES} if await dependencies.intake.is_open() else set()
    messages = {*counted.seen, *ourselves}
    async with transaction(dependencies.pool) as connection:
        if counted.seen:
            await conformance.add(
                connection, now.date(), seen=counted.seen, faulty=counted.faulty, problems=counted.problems
            )
        await heard.add(connection, now, messages=messages, heartbeats=counted.heartbeats)
        for source_id in sorted(counted.numbers):
            await sequences.add(connection, source_id, counted.numbers[source_id])


@asynccontextmanager
async def storing_tally(dependencies: Dependencies) -> AsyncIterator[None]:
    """Store it every few seconds while this lasts, and once at the end: of a process that has a door."""
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
