"""All the time, one lane per channel: claims what is due and sends it, so many calls at once.

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
from shared.spine.worker import Duty

CALLS_AT_ONCE: Final = 32
IDLE_SECONDS: Final = 0.2


def fulfil_due_obligations(dependencies: Dependencies, medium: Medium, woken: asyncio.Event) -> Duty:
    """The duty of one lane: a slow provider delays only its own channel. Set `woken` and it looks at once."""
    gate = Gate(dependencies.pool, "sending")

    async def duty(stop: asyncio.Event) -> None:
        calls: set[asyncio.Task[None]] = set()
        try:
            while not stop.is_set():
                woken.clear()  # before the look: what is planned during it wakes again
                free = CALLS_AT_ONCE - len(calls) if await gate.is_open() else 0
                departures = await claim_due(dependencies, medium, limit=free) if free else []
                calls |= {asyncio.create_task(dispatch(dependencies, medium, each)) for each in departures}
                if len(departures) < free or not free:
                    calls = await _until_next_look(calls, stop, woken, for_a_place=not free)
        finally:
            # What has left is heard out, also when another call failed: its answer is known only here.
            await asyncio.gather(*calls, return_exceptions=True)

    return duty


async def _until_next_look(
    calls: set[asyncio.Task[None]], stop: asyncio.Event, woken: asyncio.Event, *, for_a_place: bool
) -> set[asyncio.Task[None]]:
    """Wait for being woken, for the idle time, for the end or, where all places are taken, for one of them.

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
