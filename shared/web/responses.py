"""Responses: a struct as JSON, and a stream whose reader must keep up."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

import msgspec
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Send

from shared.runtime.errors import RelaisError

NEXT_PART_SECONDS = 30.0


def json(status: int, body: msgspec.Struct, *, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with `body` as JSON."""
    return Response(msgspec.json.encode(body), status, headers=headers, media_type="application/json")


class ClientTooSlow(RelaisError):  # noqa: N818
    """The client stopped reading. The server closes the connection: what came must not look complete."""


class TimeLimitedStream(StreamingResponse):
    """A streamed response that is cut off when the client does not take a part within `NEXT_PART_SECONDS`.

    What it holds (a place among the requests in flight, memory) would otherwise be held for as long as the
    client likes. Its source is closed with it, also when it is cut off or its client goes away.
    """

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
                raise ClientTooSlow from None

        async with aclosing(self._parts):
            await super().stream_response(send_in_time)
