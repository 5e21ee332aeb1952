"""Forwards one proxied connection, and can cut it or drop its server side."""

import asyncio
import socket
import struct
from typing import Final, Protocol

CHUNK: Final = 65_536
COMMIT: Final = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""A COMMIT as the client sends it: a simple query of PostgreSQL's protocol in one piece."""


class Conditions(Protocol):
    """What a link asks its proxy before it forwards bytes."""

    async def until_clear(self) -> None:
        """Return once bytes may be forwarded."""

    def loses_answer_to_commit(self) -> bool:
        """Whether to drop the answer to this COMMIT."""


class Link:
    """A client's connection and the proxy's own to the server."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        conditions: Conditions,
    ) -> None:
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._conditions = conditions
        self._answer_is_lost = False
        self._server_dropped = asyncio.Event()

    @property
    def server_side_port(self) -> int:
        """The proxy's port, by which the server knows this link."""
        return int(self._server_writer.get_extra_info("sockname")[1])

    async def run(self) -> None:
        """Forward bytes both ways until one side ends, then end the other."""
        pumps = [asyncio.create_task(self._to_server()), asyncio.create_task(self._to_client())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if self._server_dropped.is_set():
                await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self.cut()

    def cut(self) -> None:
        """Reset both connections."""
        for writer in (self._client_writer, self._server_writer):
            reset(writer)

    def drop_server_side(self) -> None:
        """Reset the server's side only: the client does not notice, and gets no more bytes."""
        self._server_dropped.set()
        reset(self._server_writer)

    async def _to_server(self) -> None:
        while data := await self._client_reader.read(CHUNK):
            await self._conditions.until_clear()
            if self._server_dropped.is_set():
                continue
            if COMMIT in data and self._conditions.loses_answer_to_commit():
                self._answer_is_lost = True
            self._server_writer.write(data)
            await self._server_writer.drain()

    async def _to_client(self) -> None:
        while data := await self._server_reader.read(CHUNK):
            await self._conditions.until_clear()
            if self._answer_is_lost:
                return
            self._client_writer.write(data)
            await self._client_writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """Reset a connection."""
    if writer.transport.is_closing():
        return
    # A linger time of zero makes the close a reset.
    no_time = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_time)
    writer.transport.abort()
