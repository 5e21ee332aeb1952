"""A proxy in front of PostgreSQL that cuts connections on demand, at the worst moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"COMMIT;"


class SeveringProxy:
    """Passes everything on, until it is told to fail."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = host, port
        self._connections: set[asyncio.StreamWriter] = set()
        self.is_down = False
        """Refuse to pass anything on."""
        self.swallow_next_commit = False
        """Let the server commit, and cut the connection instead of passing its answer on."""

    def go_down(self) -> None:
        """Cut everything and refuse what comes."""
        self.is_down = True
        for writer in self._connections:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's connection."""
        if self.is_down:
            writer.transport.abort()
            return
        server_reader, server_writer = await asyncio.open_connection(*self._upstream)
        self._connections |= {writer, server_writer}
        doomed = asyncio.Event()
        with suppress(OSError):
            await asyncio.gather(
                self._to_server(reader, server_writer, doomed),
                self._to_client(server_reader, writer, doomed),
            )
        for end in (writer, server_writer):
            end.transport.abort()
            self._connections.discard(end)

    async def _to_server(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while data := await reader.read(65_536):
            if self.swallow_next_commit and COMMIT in data:
                self.swallow_next_commit = False
                doomed.set()
            writer.write(data)
        writer.transport.abort()

    async def _to_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while (data := await reader.read(65_536)) and not doomed.is_set():
            writer.write(data)
        writer.transport.abort()


@asynccontextmanager
async def proxied(database_url: str) -> AsyncIterator[tuple[SeveringProxy, str]]:
    """A proxy, and the address of the database through it."""
    address = urlsplit(database_url)
    proxy = SeveringProxy(address.hostname or "", address.port or 0)
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        account = address.netloc.rpartition("@")[0]
        yield proxy, urlunsplit(address._replace(netloc=f"{account}@127.0.0.1:{port}"))
