"""Sends what is due, all the time: one lane for each medium, many calls at once.

Whoever plans in this process wakes the lanes after the commit; what another process planned, or what
becomes due by the clock, is found by looking again.
"""

import asyncio
from typing import Final

from services.notifications.domain.circle.members import Medium
from services.notifications.handlers.delivery.claim_due import claim_due
from services.notifications.handlers.delivery.dispatch import dispatch
from services.notifications.handlers.dependencies import Dependencies
from shared.spine.pause.gate import Gate

CALLS_AT_ONCE: Final = 32
IDLE_SECONDS: Final = 0.2


async def fulfil_due_sms(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """The lane of text messages."""
    await _fulfil(dependencies, "sms", stop)


async def fulfil_due_emails(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """The lane of e-mails."""
    await _fulfil(dependencies, "email", stop)


async def _fulfil(dependencies: Dependencies, medium: Medium, stop: asyncio.Event) -> None:
    """One lane: a slow provider delays only its own medium."""
    gate, woken = Gate(dependencies.pool, "sending"), dependencies.lanes.signal(medium)
    calls: set[asyncio.Task[None]] = set()
    try:
        while not stop.is_set():
            woken.clear()  # before the look: what is planned during it wakes again
            free = CALLS_AT_ONCE - len(calls) if await gate.is_open() else 0
            messages = await claim_due(dependencies, medium, limit=free) if free else []
            calls |= {asyncio.create_task(dispatch(dependencies, medium, each)) for each in messages}
            if len(messages) < free or not free:
                calls = await _until_next_look(calls, stop, woken, for_a_place=not free)
    finally:
        # The answer to a call that has left is known only here, also when another call failed.
        await asyncio.gather(*calls, return_exceptions=True)


async def _until_next_look(
    calls: set[asyncio.Task[None]], stop: asyncio.Event, woken: asyncio.Event, *, for_a_place: bool
) -> set[asyncio.Task[None]]:
    """Wait for a signal, for the idle time, for the end or, where all places are taken, for one of them.

    Gives the calls that still run; raises what one raised.
    """
    now = asyncio.get_running_loop().time
    until = now() + IDLE_SECONDS
    waits = {asyncio.create_task(event.wait()) for event in (stop, woken)}
    try:
        while True:
            done, _ = await asyncio.wait(
                {*calls, *waits}, timeout=max(0.0, until - now()), return_when=asyncio.FIRST_COMPLETED
            )
            for call in calls & done:
                call.result()
            calls = calls - done
            if for_a_place or not done or done & waits:
                return calls
    finally:
        for wait in waits:
            wait.cancel()
