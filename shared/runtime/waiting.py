"""Waits for events, no longer than a number of seconds, and for what nobody may await any more."""

import asyncio
from typing import Any


async def wait_for(*events: asyncio.Event, timeout_seconds: float) -> bool:
    """Return as soon as one of the events is set, or after `timeout_seconds`; whether one is set."""
    if not any(event.is_set() for event in events):
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, timeout=timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
    return any(event.is_set() for event in events)


def mark_error_retrieved(awaited: asyncio.Future[Any]) -> None:
    """The callback of what may end when nobody awaits it any more: asyncio then warns of no error of it."""
    if not awaited.cancelled():
        awaited.exception()
