"""New connections are accepted many at once, and operations are served on a port of their own."""

import asyncio
import signal
import socket
import subprocess
import sys

import httpx
import pytest
import uvloop

from deploy.local.ports import free_port
from shared.web.serve import ACCEPTED_AT_ONCE, copies_of, main

COMING = 2 * ACCEPTED_AT_ONCE
SERVE = (sys.executable, "-m", "shared.web.serve", "tests.unit.shared.web.two_ports:app")


def test_one_turn_of_the_loop_accepts_as_many_as_there_are_copies() -> None:
    assert uvloop.run(_turns_until_all_are_accepted()) <= 2 + COMING // ACCEPTED_AT_ONCE


async def _turns_until_all_are_accepted() -> int:
    loop, accepted = asyncio.get_running_loop(), []

    class Accepted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(transport)

    listening = socket.create_server(("127.0.0.1", 0), backlog=COMING)
    servers = [await loop.create_server(Accepted, sock=each) for each in copies_of(listening)]
    # The kernel connects them all; nobody has accepted any yet.
    clients = [socket.create_connection(listening.getsockname()) for _ in range(COMING)]
    turns = 0
    while len(accepted) < COMING:
        await asyncio.sleep(0)
        turns += 1
    for transport in accepted:
        transport.close()
    for client in clients:
        client.close()
    for server in servers:
        server.close()
    await asyncio.sleep(0)
    return turns


def test_figures_are_on_the_port_of_operations_alone_and_one_application_is_opened() -> None:
    api, operations = free_port(), free_port()
    ports = ("--port", str(api), "--operations-port", str(operations))
    with subprocess.Popen([*SERVE, *ports], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as serving:
        assert _status(operations, "/metrics") == 200
        assert [_status(api, "/ready"), _status(api, "/metrics")] == [200, 404]
        serving.send_signal(signal.SIGTERM)
        said, _ = serving.communicate(timeout=20)
    assert (said, serving.returncode) == (b"closed\n", -signal.SIGTERM)


def test_operations_are_served_on_no_port_that_nobody_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([SERVE[-1], "--port", "1"])
    assert "--operations-port" in capsys.readouterr().err


def _status(port: int, path: str) -> int:
    """What is answered, once somebody listens."""
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport) as client:
        return client.get(f"http://127.0.0.1:{port}{path}").status_code
