"""What happens to one proxied connection? Bytes go both ways, or late, or nowhere."""

import asyncio
import socket
import struct
from typing import Final, Protocol

CHUNK: Final = 65_536
COMMIT: Final = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""A simple query of PostgreSQL's protocol, as its client sends it in one piece."""


class Weather(Protocol):
    """What a link asks of its proxy before it passes bytes on."""

    async def passable(self) -> None:
        """Return once bytes may pass."""

    def takes_commit(self) -> bool:
        """Whether the answer to this COMMIT is to be lost."""


class Link:
    """A client's connection and ours to the server."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        weather: Weather,
    ) -> None:
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._weather = weather
        self._answer_is_lost = False
        self._deserted = asyncio.Event()

    @property
    def server_side_port(self) -> int:
        """Our own port, by which the server knows this link."""
        return int(self._server_writer.get_extra_info("sockname")[1])

    async def run(self) -> None:
        """Pass bytes both ways until one side ends; then end the other."""
        pumps = [asyncio.create_task(self._to_server()), asyncio.create_task(self._to_client())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if self._deserted.is_set():
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

    def desert(self) -> None:
        """The server sees the connection end; the client does not notice, and hears nothing any more."""
        self._deserted.set()
        reset(self._server_writer)

    async def _to_server(self) -> None:
        while data := await self._client_reader.read(CHUNK):
            await self._weather.passable()
            if self._deserted.is_set():
                continue
            if COMMIT in data and self._weather.takes_commit():
                self._answer_is_lost = True
            self._server_writer.write(data)
            await self._server_writer.drain()

    async def _to_client(self) -> None:
        while data := await self._server_reader.read(CHUNK):
            await self._weather.passable()
            if self._answer_is_lost:
                return
            self._client_writer.write(data)
            await self._client_writer.drain()


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection without a goodbye: the other side sees a reset."""
    if writer.transport.is_closing():
        return
    # Linger for no time: that is what makes the close a reset.
    no_time = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_time)
    writer.transport.abort()
