"""Serves `/metrics` and `/health` of a worker on a small port of its own."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import msgspec

from shared.runtime.version import VERSION
from shared.telemetry import metrics

REQUEST_WITHIN_SECONDS: Final = 5
MAX_REQUEST_BYTES: Final = 8192


@asynccontextmanager
async def serve_metrics(service: str, *, port: int) -> AsyncIterator[int]:
    """Serve on `port` (0: any free one) of RELAIS_BIND_HOST, 127.0.0.1 by default; return the port.

    Ends the process with a sentence when the port is taken.
    """
    host = os.environ.get("RELAIS_BIND_HOST", "127.0.0.1")
    connection = _Connection(service)
    try:
        server = await asyncio.start_server(connection.answer, host, port, limit=MAX_REQUEST_BYTES)
    except OSError as error:
        # A sentence for the person who starts the process: the log's allow-list would drop it.
        raise SystemExit(f"{service} cannot listen on port {port}: {error.strerror}") from None
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@dataclass(frozen=True)
class _Connection:
    """Answers the one request of each connection."""

    service: str

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Called by asyncio for every connection."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(REQUEST_WITHIN_SECONDS):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._response(request))
                await writer.drain()
        writer.close()

    def _response(self, request: bytes) -> bytes:
        method, _, rest = request.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if method != b"GET":
            return _http_response("405 Method Not Allowed", "text/plain", b"")
        if path == b"/metrics":
            return _http_response("200 OK", metrics.CONTENT_TYPE, metrics.expose())
        if path == b"/health":
            alive = {"status": "ok", "version": VERSION, "service": self.service}
            return _http_response("200 OK", "application/json", msgspec.json.encode(alive))
        return _http_response("404 Not Found", "text/plain", b"")


def _http_response(status: str, content_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
