"""Connections that say nothing, or say it too slowly, end; one address never holds them all."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from shared.web.connections import HEAD_SECONDS, LONGEST_HEAD_BYTES, FairProtocol, protocol_of

HEAD = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n"
UPGRADE = (
    b"GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Loop:
    """Starts no task, and calls what is late when it is told to."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []
        self.tasks: list[Any] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> "Timer":
        self.timers.append(Timer(seconds, call))
        return self.timers[-1]

    def create_task(self, coroutine: Any) -> Any:
        self.tasks.append(coroutine)
        coroutine.close()
        return asyncio.get_running_loop().create_future()

    @property
    def waiting(self) -> list["Timer"]:
        return [timer for timer in self.timers if not timer.cancelled]


class Timer:
    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self.seconds, self.call, self.cancelled = seconds, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Transport:
    def __init__(self, address: str) -> None:
        self.address, self.written, self.closed = address, b"", False

    def get_extra_info(self, name: str, default: object = None) -> object:
        return {"peername": (self.address, 1), "sockname": ("127.0.0.1", 80)}.get(name, default)

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Server:
    def __init__(self, connections: int = 8) -> None:
        self.loop = Loop()
        self.protocol = protocol_of(connections)
        self.config = uvicorn.Config(_application, log_config=None)

    def connect(self, address: str = "192.0.2.1") -> tuple[FairProtocol, Transport]:
        protocol = self.protocol(self.config, ServerState(), {}, self.loop)
        transport = Transport(address)
        protocol.connection_made(transport)
        return protocol, transport


async def _application(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("never started")


async def test_who_connects_and_says_nothing_is_given_up() -> None:
    server = Server()
    _, transport = server.connect()
    [timer] = server.loop.waiting
    assert timer.seconds == HEAD_SECONDS
    timer.call()
    assert transport.closed


async def test_a_head_that_comes_drop_by_drop_gains_no_time_by_it() -> None:
    server = Server()
    protocol, transport = server.connect()
    for byte in HEAD:
        protocol.data_received(bytes([byte]))
    [timer] = server.loop.timers
    timer.call()
    assert transport.closed


async def test_a_head_that_came_is_waited_for_no_longer() -> None:
    server = Server()
    protocol, _ = server.connect()
    protocol.data_received(HEAD + b"\r\n")
    assert server.loop.waiting == []
    assert len(server.loop.tasks) == 1


async def test_who_asks_for_a_websocket_is_answered_in_http_and_gives_its_place_back() -> None:
    server = Server(connections=8)
    for _ in range(20):
        protocol, transport = server.connect()
        protocol.data_received(UPGRADE)
        assert not transport.closed
        protocol.connection_lost(None)
    assert len(server.loop.tasks) == 20


async def test_a_head_without_end_is_refused() -> None:
    server = Server()
    protocol, transport = server.connect()
    protocol.data_received(HEAD)
    while not transport.closed and protocol.config:
        protocol.data_received(b"x: " + b"y" * 8000 + b"\r\n")
    assert transport.written.startswith(b"HTTP/1.1 400")
    assert LONGEST_HEAD_BYTES < 2**17


async def test_the_rest_of_a_body_that_was_answered_is_not_waited_for_without_end() -> None:
    server = Server()
    protocol, transport = server.connect()
    protocol.data_received(HEAD + b"\r\n")
    await protocol.cycle.send({"type": "http.response.start", "status": 401, "headers": []})
    await protocol.cycle.send({"type": "http.response.body", "body": b""})
    for timer in server.loop.waiting:
        timer.cancel()
    protocol.data_received(b"1")
    protocol.data_received(b"2")
    [timer] = server.loop.waiting
    timer.call()
    assert transport.closed


async def test_one_address_never_holds_all_connections() -> None:
    server = Server(connections=8)
    crowd = [server.connect("198.51.100.1") for _ in range(20)]
    refused = [transport for _, transport in crowd if transport.closed]
    assert len(refused) == 14
    assert all(transport.written.startswith(b"HTTP/1.1 503") for transport in refused)
    _, honest = server.connect("192.0.2.1")
    assert not honest.closed


async def test_a_connection_that_is_lost_is_given_back_once() -> None:
    server = Server(connections=1)
    protocol, _ = server.connect()
    _, second = server.connect()
    assert second.closed
    protocol.connection_lost(None)
    protocol.connection_lost(None)
    assert server.protocol.pool.taken == 0
    _, third = server.connect("192.0.2.2")
    assert not third.closed


@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.1"])
async def test_a_refused_connection_takes_nothing_back(address: str) -> None:
    server = Server(connections=1)
    server.connect()
    refused, _ = server.connect(address)
    refused.connection_lost(None)
    assert server.protocol.pool.taken == 1
