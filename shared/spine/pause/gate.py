"""Tells whether a part of the service may work now; asked before every batch, round or request.

A part is paused by a row in `pauses`, so it stays so over restarts and on all replicas.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final, Literal

from shared.database.pool import Executor
from shared.runtime.waiting import mark_error_retrieved, wait_for
from shared.telemetry.logging import get_logger

Part = Literal["intake", "consumer", "relay", "sending"]

LOOK_AGAIN_SECONDS: Final = 0.5

_PAUSED: Final = "SELECT EXISTS (SELECT FROM pauses WHERE part = $1)"


class Gate:
    """Whether one part is paused; callers at the same time share one query."""

    def __init__(self, connection: Executor, part: Part, *, seconds: Callable[[], float] = monotonic) -> None:
        self._connection = connection
        self._part = part
        self._seconds = seconds
        self._is_open = True
        self._known_until = float("-inf")
        self._look: asyncio.Task[None] | None = None

    async def is_open(self) -> bool:
        """Whether the part is not paused, as of half a second ago at most; raises what the query raised."""
        if self._seconds() >= self._known_until:
            if self._look is None or self._look.done():
                self._look = asyncio.ensure_future(self._look_up())
                # All callers may be cancelled meanwhile.
                self._look.add_done_callback(mark_error_retrieved)
            # Shielded: a caller that is cancelled must not cancel the query of the others.
            await asyncio.shield(self._look)
        return self._is_open

    async def until_open(self, stop: asyncio.Event) -> None:
        """Return when the part is not paused, or `stop` is set."""
        while not stop.is_set() and not await self.is_open():
            await wait_for(stop, timeout_seconds=LOOK_AGAIN_SECONDS)

    async def _look_up(self) -> None:
        # Before the query: a pause made while the answer travels must not stay unseen for longer.
        now = self._seconds()
        is_open = not await self._connection.fetchval(_PAUSED, self._part)
        if is_open and not self._is_open:
            get_logger().warning("part_goes_on", kind=self._part)
        elif self._is_open and not is_open:
            get_logger().warning("part_holds", kind=self._part)
        self._is_open = is_open
        self._known_until = now + LOOK_AGAIN_SECONDS
