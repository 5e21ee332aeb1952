"""Refuses a request body that is too large or too slow, before anyone parses it.

A sender that vanished in the middle of its request, or feeds it drop by drop, would otherwise hold a place
among those that are served.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.middleware.places import Place, place_of
from shared.web.problems import Problem, response_of

LIMIT_BYTES = 64 * 1024
GRACE_SECONDS = 10.0
LEAST_BYTES_PER_SECOND: Final = 16 * 1024
"""After the grace, a body must have come at this rate, whatever the pauses between its parts."""
DISCARDED_BYTES: Final = 32 * 1024 * 1024
DISCARDING_SECONDS = 5.0

_TOO_LARGE: Final = 413


class BodyLimit:
    """ASGI middleware: 413 by content-length, or as soon as the stream exceeds the limit; 408 when it comes
    slower than `LEAST_BYTES_PER_SECOND` after `GRACE_SECONDS`.

    A server that closes a connection on which unread bytes wait makes the network drop what it sent last: the
    client would see a reset in place of its 413. So what still comes is thrown away for a while first.
    """

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int]) -> None:
        """`limits`: path -> bytes, where the limit is not `LIMIT_BYTES`."""
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes = self._limits.get(scope["path"], LIMIT_BYTES)
        place = place_of(scope)
        body = _LimitedBody(receive, limit_bytes, place)
        is_too_large = False

        async def send_after_discarding(message: Message) -> None:
            nonlocal is_too_large
            if message["type"] == "http.response.start":
                is_too_large = message["status"] == _TOO_LARGE
            elif is_too_large and not message.get("more_body", False):
                await send({**message, "more_body": True})
                if place is not None:
                    place.leave()  # to others: this one is answered
                await body.discard()
                message = {"type": "http.response.body"}
            await send(message)

        if _announced_bytes(scope) > limit_bytes:
            await response_of(_too_large())(scope, receive, send_after_discarding)
            return
        await self._app(scope, body.receive, send_after_discarding)


class _LimitedBody:
    """The body of one request, as far as it was received."""

    def __init__(self, receive: Receive, limit_bytes: int, place: Place | None) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._place = place
        self._received_bytes = 0
        self._more_body = True
        self._began_at: float | None = None

    async def receive(self) -> Message:
        """The next message; raises `Problem`."""
        if not self._more_body:
            return await self._receive()  # until the client goes away, which may be never
        if self._began_at is None:
            self._began_at = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(deadline(self._began_at, self._received_bytes)):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, headers={"connection": "close"}) from None
        self._note(message)
        if self._received_bytes > self._limit_bytes:
            raise _too_large()
        return message

    async def discard(self) -> None:
        """Read until the body or its sender has ended, or that takes too long."""
        end = self._received_bytes + DISCARDED_BYTES
        try:
            async with asyncio.timeout(DISCARDING_SECONDS):
                while self._more_body and self._received_bytes < end:
                    self._note(await self._receive())
        except TimeoutError:
            return  # a client that does not listen is reset after all

    def _note(self, message: Message) -> None:
        self._more_body = message.get("more_body", False)
        received = len(message.get("body", b""))
        self._received_bytes += received
        if self._place is not None:
            self._place.count_bytes(received)


def deadline(began_at: float, received_bytes: int) -> float:
    """Until when the next part of a body may come of which so much was received."""
    return began_at + GRACE_SECONDS + received_bytes / LEAST_BYTES_PER_SECOND


def _announced_bytes(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _too_large() -> Problem:
    # The rest of the body is never parsed, so the connection cannot carry another request.
    return Problem(413, "Content Too Large", headers={"connection": "close"})
