"""Refuses a request body that is too large or too slow, before anyone parses it.

A sender that vanished in the middle of its request would otherwise hold a place among those that are served.
"""

import asyncio
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import Problem, response_of

LIMIT_BYTES = 64 * 1024
NEXT_PART_SECONDS = 10.0


class BodyLimit:
    """ASGI middleware: 413 by content-length, or as soon as the stream exceeds the limit; 408 when
    the next part of it does not come within `NEXT_PART_SECONDS`."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int]) -> None:
        """`limits`: path -> bytes, where the limit is not `LIMIT_BYTES`."""
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = self._limits.get(scope["path"], LIMIT_BYTES)
        if _announced_bytes(scope) > limit_bytes:
            await response_of(_too_large())(scope, receive, send)
            return
        await self._app(scope, _LimitedBody(receive, limit_bytes).receive, send)


class _LimitedBody:
    """The body of one request, as far as it was received."""

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._received_bytes = 0
        self._more_body = True

    async def receive(self) -> Message:
        """The next message; raises `Problem`."""
        if not self._more_body:
            return await self._receive()  # until the client goes away, which may be never
        try:
            async with asyncio.timeout(NEXT_PART_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, headers={"connection": "close"}) from None
        self._more_body = message.get("more_body", False)
        self._received_bytes += len(message.get("body", b""))
        if self._received_bytes > self._limit_bytes:
            raise _too_large()
        return message


def _announced_bytes(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _too_large() -> Problem:
    # The rest of the body is never read, so the connection cannot carry another request.
    return Problem(413, "Content Too Large", headers={"connection": "close"})
