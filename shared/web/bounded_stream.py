"""How long may a reader take for a streamed answer? Each part must be taken in time, or it is cut off.

Whatever the answer holds (a place, memory) would otherwise be held for as long as a client likes.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import StreamingResponse
from starlette.types import Message, Send

NEXT_PART_SECONDS = 30.0


class NotRead(Exception):  # noqa: N818
    """The client stopped reading. The server closes the connection: what came must not look complete."""


class BoundedStream(StreamingResponse):
    """A streamed answer whose source ends with it, also when it is cut off or its client goes away."""

    def __init__(self, parts: AsyncGenerator[bytes, None], *, media_type: str) -> None:
        super().__init__(parts, media_type=media_type)
        self._parts = parts

    async def stream_response(self, send: Send) -> None:
        """Called by the framework."""

        async def send_in_time(message: Message) -> None:
            try:
                async with asyncio.timeout(NEXT_PART_SECONDS):
                    await send(message)
            except TimeoutError:
                raise NotRead from None

        async with aclosing(self._parts):
            await super().stream_response(send_in_time)
