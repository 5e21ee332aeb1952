"""The duty of one lane per channel: claims what is due and sends it, in a limited number of calls.

Planning in this process wakes the lanes after the commit; what another process planned, or what
becomes due by the clock, is found by looking again.
"""

import asyncio
from functools import partial
from typing import Final

from services.notifications.domain.circle.members import ChannelName
from services.notifications.handlers.delivery.claim_due import claim_due
from services.notifications.handlers.delivery.dispatch import dispatch
from services.notifications.handlers.dependencies import Dependencies
from shared.runtime.waiting import wait_for
from shared.spine.pause.gate import Gate

MAX_CONCURRENT_CALLS: Final = 32
IDLE_SECONDS: Final = 0.2


async def fulfil_due_sms(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """The lane of text messages."""
    await _fulfil(dependencies, "sms", stop)


async def fulfil_due_emails(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """The lane of e-mails."""
    await _fulfil(dependencies, "email", stop)


async def _fulfil(dependencies: Dependencies, channel_name: ChannelName, stop: asyncio.Event) -> None:
    """One lane: a slow provider delays only its own medium."""
    gate, woken = Gate(dependencies.pool, "sending"), dependencies.wake_signals.signal(channel_name)
    call_ended, calls = asyncio.Event(), set[asyncio.Task[None]]()
    try:
        while not stop.is_set():
            woken.clear()  # before the look: what is planned during it wakes again
            call_ended.clear()
            free = MAX_CONCURRENT_CALLS - len(calls) if await gate.is_open() else 0
            messages = await claim_due(dependencies, channel_name, limit=free) if free else []
            for message in messages:
                call = asyncio.create_task(dispatch(dependencies, channel_name, message))
                call.add_done_callback(partial(_set, call_ended))
                calls.add(call)
            if not free:
                await wait_for(stop, woken, call_ended, timeout_seconds=IDLE_SECONDS)
            elif len(messages) < free:
                await wait_for(stop, woken, timeout_seconds=IDLE_SECONDS)
            calls = _still_running(calls)
    finally:
        # The answer to a call that has left is known only here, also when another call failed.
        await asyncio.gather(*calls, return_exceptions=True)


def _set(event: asyncio.Event, _: asyncio.Task[None]) -> None:
    event.set()


def _still_running(calls: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """The calls that have not ended; raises what one of the others raised."""
    running = {call for call in calls if not call.done()}
    for call in calls - running:
        call.result()
    return running
