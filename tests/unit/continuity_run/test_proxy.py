"""The proxy cuts, delays, stops and half-closes connections on demand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from deploy.local.ports import HOST, free_port
from tests.continuity.proxy.link import COMMIT
from tests.continuity.proxy.proxy import Proxy

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """A server that echoes what it receives and remembers it."""

    def __init__(self) -> None:
        self.heard = b""
        self.lost = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while data := await reader.read(1000):
                self.heard += data
                writer.write(data)
        except OSError:
            pass
        self.lost.set()
        writer.close()


@pytest.fixture
async def echo() -> Echo:
    """The server behind the proxy."""
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[Proxy]:
    """A proxy in front of the echo server."""
    server = await asyncio.start_server(echo.serve, HOST, 0)
    proxy = Proxy(port=free_port(), target_port=server.sockets[0].getsockname()[1])
    async with proxy.running():
        yield proxy
    server.close()


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Streams]:
    """A client of the proxy with an established connection."""
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    try:
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_a_cut_resets_every_connection(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, _):
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)


async def test_of_a_lost_answer_the_server_has_heard_the_commit(proxy: Proxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        proxy.answers_to_lose = 1
        writer.write(COMMIT)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
    assert COMMIT in echo.heard
    assert (proxy.answers_to_lose, proxy.answers_lost) == (0, 1)


async def test_anything_but_a_commit_keeps_its_answer(proxy: Proxy) -> None:
    async with connected(proxy) as (reader, writer):
        proxy.answers_to_lose = 1
        writer.write(b"Q\x00\x00\x00\x0eROLLBACK;\x00")
        assert await reader.readexactly(15)
    assert proxy.answers_to_lose == 1


async def test_what_fell_into_a_hole_comes_out_when_it_is_healed(proxy: Proxy, echo: Echo) -> None:
    async with connected(proxy) as (reader, writer):
        proxy.stop_forwarding()
        writer.write(b"later")
        answer = asyncio.create_task(reader.readexactly(5))
        await asyncio.sleep(0)
        assert b"later" not in echo.heard
        proxy.heal()
        assert await answer == b"later"


async def test_a_deserted_client_notices_nothing_while_its_server_sees_the_end(
    proxy: Proxy, echo: Echo
) -> None:
    async with connected(proxy) as (reader, writer):
        (port,) = [link.server_side_port for link in proxy.links]
        link = proxy.link_at(port)
        assert link is not None
        link.drop_server_side()
        await echo.lost.wait()
        writer.write(b"anyone?")
        await writer.drain()
        assert not reader.at_eof()
        link.cut()
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)


async def test_nobody_behind_it_is_a_reset(echo: Echo) -> None:
    proxy = Proxy(port=free_port(), target_port=free_port())
    async with proxy.running():
        reader, _ = await asyncio.open_connection(HOST, proxy.port)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
