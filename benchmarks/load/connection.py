"""A minimal HTTP/1.1 client for load, on asyncio protocols, because it shares the machine with the servers.

A full client would dominate the measurement, and a task or timer per request would take CPU from the servers.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import SplitResult

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"

NOT_ANSWERED = 0
"""Used instead of a status when the connection was lost."""


class Connection(asyncio.Protocol):
    """Carries one request at a time; calls `answered` with the status of each answer."""

    def __init__(self, answered: Callable[["Connection", int], None]) -> None:
        self._answered = answered
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self.due = 0.0
        """When the request was due, which may be before it was sent."""

    def ask(self, request: bytes, *, due: float | None = None) -> None:
        """Send a request; only after the earlier one was answered."""
        assert self._transport is not None
        self.due = time.perf_counter() if due is None else due
        self._received = b""
        self._transport.write(request)

    def end(self) -> None:
        """Close immediately, even during a request."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._received += data
        if is_complete(self._received):
            self._answered(self, int(self._received[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._transport = None
        self._answered(self, NOT_ANSWERED)


async def connect(target: SplitResult, answered: Callable[[Connection, int], None]) -> Connection:
    """A connection to a server."""
    loop = asyncio.get_running_loop()
    host, port = target.netloc.split(":")
    _, connection = await loop.create_connection(lambda: Connection(answered), host, int(port))
    return connection


def is_complete(answer: bytes) -> bool:
    """Whether the whole answer was received, by its Content-Length."""
    head_end = answer.find(_END_OF_HEAD)
    if head_end < 0:
        return False
    begin = answer.lower().index(_LENGTH) + len(_LENGTH)
    length = int(answer[begin : answer.index(b"\r\n", begin)])
    return len(answer) >= head_end + len(_END_OF_HEAD) + length
