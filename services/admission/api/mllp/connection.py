"""Serves one MLLP connection: message after message, each answered before the next is read.

Nobody can hold more than one message in memory, nor a place for longer than a slow line needs: once a
message has begun it must come at a steady rate, and its answer must be read. In between it may be silent.
A long message needs one of a few places that all connections share, whoever sends it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from typing import Final

from services.admission.api.hl7v2.door import LIMIT_BYTES
from services.admission.api.mllp.frames import Frames, framed
from shared.telemetry.logging import get_logger
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.middleware.body_limit import deadline

PART_BYTES: Final = 16 * 1024
LONG_BYTES: Final = 32 * 1024
"""From here on a message is long."""
NO_PLACE: Final = "too many long messages come at once"
PAUSE_SECONDS: Final = 0.3
"""So long after 0x1C, a message that its sender does not close with 0x0D has ended."""
ANSWER_SECONDS: Final = 30.0
CLOSE_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 24 * 3600.0

Take = Callable[[bytes], Awaitable[bytes | None]]
"""Takes a message and gives its answer; `None`: the sender wants none."""


async def end(writer: asyncio.StreamWriter) -> None:
    """Close the connection, whatever its peer does."""
    writer.close()
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await writer.wait_closed()


class Connection:
    """One connection; `stop` lets what was received be answered, and then closes it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        take: Take,
        *,
        places: SharedPlaces,
        claimant: Hashable,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._take = take
        self._places = places
        self._claimant = claimant
        self._has_place = False
        self._silent_seconds = silent_seconds
        self._frames = Frames(limit_bytes=LIMIT_BYTES)
        self._begun: float | None = None
        self._is_reading = False
        self._stops = False
        self._serving: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Answer until either side ends it."""
        self._serving = asyncio.current_task()
        try:
            while not self._stops and (messages := await self._next()) is not None:
                self._take_place()
                for message in messages:
                    await self._answer(message)
                if messages:
                    self._leave_place()
        except ValueError as error:
            get_logger().warning("mllp_connection_ended", reason=str(error))
        except (TimeoutError, ConnectionError) as error:
            get_logger().info("mllp_connection_ended", reason=type(error).__name__)
        except asyncio.CancelledError:
            if not self._stops:
                raise
        finally:
            self._leave_place()
            await end(self._writer)

    async def _next(self) -> list[bytes] | None:
        """The messages that end with what comes next; `None` when nothing more comes."""
        try:
            part = await self._read()
        except TimeoutError:
            if not self._frames.may_be_ended:
                raise
            return self._frames.pause()
        return self._frames.take(part) if part else self._frames.pause() or None

    def _take_place(self) -> None:
        if self._has_place or self._frames.held_bytes < LONG_BYTES:
            return
        self._has_place = self._places.take(self._claimant)
        if not self._has_place:
            raise ValueError(NO_PLACE)

    def _leave_place(self) -> None:
        if self._has_place:
            self._has_place = False
            self._places.give_back(self._claimant)

    def stop(self) -> None:
        """End it: now when nothing was received, else after the answer."""
        self._stops = True
        if self._is_reading and self._serving is not None:
            self._serving.cancel()

    async def _read(self) -> bytes:
        now = asyncio.get_running_loop().time()
        until = (
            deadline(self._began_at(now), self._frames.held_bytes)
            if self._frames.is_inside
            else now + self._silent_seconds
        )
        if self._frames.may_be_ended:
            until = min(until, now + PAUSE_SECONDS)
        self._is_reading = True
        try:
            async with asyncio.timeout_at(until):
                return await self._reader.read(PART_BYTES)
        finally:
            self._is_reading = False
            if not self._frames.is_inside:
                self._begun = None

    def _began_at(self, now: float) -> float:
        """When the message that is coming began."""
        if self._begun is None:
            self._begun = now
        return self._begun

    async def _answer(self, message: bytes) -> None:
        self._begun = None
        answer = await self._take(message)
        if answer is None:
            return
        self._writer.write(framed(answer))
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._writer.drain()
