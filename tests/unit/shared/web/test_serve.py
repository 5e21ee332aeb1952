"""New connections are accepted many at once, and operations are served on a port of their own."""

import asyncio
import hashlib
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import uvloop
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from deploy.local.ports import free_port
from shared.web.client import authorities_of, open_client
from shared.web.serve import ACCEPTED_AT_ONCE, copies_of, main
from tests.integration.database.certificates import make_certificate
from tests.unit.shared.web.two_ports import SHOWN, SLOW, TAKES

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


def test_figures_are_on_the_port_of_operations_alone_and_one_application_is_opened(tmp_path: Path) -> None:
    api, operations = free_port(), free_port()
    (tmp_path / "other").mkdir()
    (authority, certificate), (other, stranger) = (
        make_certificate(folder, host="localhost") for folder in (tmp_path, tmp_path / "other")
    )
    ports = ("--port", str(api), "--operations-port", str(operations), "--certificate", str(certificate))
    believed = ("--client-authorities", str(authority))
    with subprocess.Popen(
        [*SERVE, *ports, *believed], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as serving:
        assert _status(operations, "/metrics", authority, retries=8) == 200
        assert [_status(api, "/ready", authority), _status(api, "/metrics", authority)] == [200, 404]
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            _status(api, "/ready", other)
        with pytest.raises(httpx.RemoteProtocolError):
            _status(api, "/ready", authority, scheme="http")
        assert _shown(api, authority) == "None"
        assert _shown(api, authority, certificate=certificate) == _fingerprint(certificate)
        with pytest.raises(httpx.TransportError):
            _shown(api, authority, certificate=stranger)
        serving.send_signal(signal.SIGTERM)
        said, _ = serving.communicate(timeout=20)
    assert (said, serving.returncode) == (b"closed\n", -signal.SIGTERM)


def test_an_api_whose_operations_nobody_can_reach_ends_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    operations = str(free_port())
    monkeypatch.setenv(TAKES, operations)
    with pytest.raises(OSError, match=f"another process listens on the port: '{operations}'"):
        main([SERVE[-1], "--port", "0", "--operations-port", operations])
    assert capsys.readouterr().out == "closed\n"


def test_who_waits_for_operations_holds_up_the_end_for_so_long_only() -> None:
    operations = free_port()
    ports = ("--port", "0", "--operations-port", str(operations), "--drain-seconds", "1")
    with subprocess.Popen([*SERVE, *ports], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as serving:
        assert serving.stdout is not None
        with (
            httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client,
            ThreadPoolExecutor(1) as asking,
        ):
            answer = asking.submit(client.get, f"http://127.0.0.1:{operations}{SLOW}", timeout=20)
            assert serving.stdout.readline() == b"asked\n"
            serving.send_signal(signal.SIGTERM)
            said, _ = serving.communicate(timeout=20)
            assert answer.result().is_server_error
    assert (said, serving.returncode) == (b"closed\n", -signal.SIGTERM)


def test_operations_are_served_on_no_port_that_nobody_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([SERVE[-1], "--port", "1"])
    assert "--operations-port" in capsys.readouterr().err


async def test_a_service_that_speaks_no_tls_is_told_nothing_where_its_address_is_https(
    tmp_path: Path,
) -> None:
    authority, _ = make_certificate(tmp_path, host="localhost")
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_client(timeout_seconds=5, ca_file=str(authority)) as client:
            with pytest.raises(httpx.TransportError):
                await client.get(f"https://localhost:{port}/v1/ledger", headers={"authorization": "x"})
    assert not any(b"GET" in line or b"authorization" in line for line in heard)


def _status(port: int, path: str, authority: Path, *, scheme: str = "https", retries: int = 0) -> int:
    """What is answered; with retries, once somebody listens."""
    context = authorities_of(str(authority))
    with httpx.Client(transport=httpx.HTTPTransport(retries=retries, verify=context)) as client:
        return client.get(f"{scheme}://localhost:{port}{path}").status_code


def _shown(port: int, authority: Path, *, certificate: Path | None = None) -> str:
    """Which certificate the API says that the caller showed."""
    context = authorities_of(str(authority))
    if certificate is not None:
        context.load_cert_chain(certificate)
    with httpx.Client(verify=context) as client:
        return str(client.get(f"https://localhost:{port}{SHOWN}").json())


def _fingerprint(certificate: Path) -> str:
    der = load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
    return f"sha256:{hashlib.sha256(der).hexdigest()}"
