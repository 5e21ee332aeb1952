"""A call to an address that others chose: over the address that was checked, once, and no further."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore
import pytest

from shared.web.outbound.address import NotCallable
from shared.web.outbound.calls import ANSWERED_WITHIN_SECONDS, Answer, NotAnswered, Outbound
from shared.web.outbound.networks import networks_of
from tests.integration.database.certificates import make_certificate

LOOPBACK = networks_of("127.0.0.0/8", variable="RELAIS_CALLBACK_NETWORKS")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that does with each connection what it is told."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def answering(answer: bytes, heard: list[bytes] | None = None) -> Serve:
    """Reads the head and the body of a request, then answers and leaves the connection open."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        (heard if heard is not None else []).append(head + await reader.readexactly(2))
        writer.write(answer)
        await reader.read()
        writer.close()

    return serve


def resolving(*answers: Sequence[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """Each question is answered by the next of these, as a name server may."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0)

    return resolve


async def test_what_is_posted_arrives_and_nothing_but_the_head_is_read() -> None:
    heard: list[bytes] = []
    endless = b"HTTP/1.1 503 Later\r\nRetry-After: 7\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000
    async with listening(answering(endless, heard)) as port:
        answer = await Outbound(allowed=LOOPBACK).post(
            f"http://127.0.0.1:{port}/a", b"{}", {"webhook-id": "1"}
        )
    assert answer == Answer(status=503, retry_after_seconds=7)
    [request] = heard
    assert request.startswith(b"POST /a HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}".encode() in request
    assert request.endswith(b"webhook-id: 1\r\n\r\n{}")


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    heard: list[bytes] = []
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    async with listening(answering(moved, heard)) as port:
        assert (await Outbound(allowed=LOOPBACK).post(f"http://127.0.0.1:{port}/", b"{}", {})).status == 307
    assert len(heard) == 1


async def test_who_changes_where_a_name_leads_is_checked_again_at_the_call() -> None:
    async with listening(answering(b"HTTP/1.1 200 OK\r\n\r\n")) as port:
        outbound = Outbound(resolve=resolving(["8.8.8.8"], ["127.0.0.1"]))
        await outbound.check("https://hospital.example/")
        with pytest.raises(NotCallable, match="not public"):
            await outbound.post("https://hospital.example:8443/", b"{}", {})
        assert port


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    heard: list[bytes] = []
    async with listening(answering(b"HTTP/1.1 204 Taken\r\n\r\n", heard)) as port:
        outbound = Outbound(allowed=LOOPBACK, resolve=resolving(["127.0.0.2", "127.0.0.1"]))
        answer = await outbound.post(f"http://localhost:{port}/", b"{}", {})
    assert (answer.status, len(heard)) == (204, 1)


async def test_an_address_that_swallows_everything_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect, given = httpcore.AnyIOBackend.connect_tcp, list[float]()

    async def swallowed(backend: httpcore.AnyIOBackend, host: str, *rest: Any) -> httpcore.AsyncNetworkStream:
        given.append(rest[1])
        if host == "127.0.0.2":
            raise httpcore.ConnectTimeout
        return await connect(backend, host, *rest)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", swallowed)
    async with listening(answering(b"HTTP/1.1 204 Taken\r\n\r\n")) as port:
        outbound = Outbound(allowed=LOOPBACK, resolve=resolving(["127.0.0.2", "127.0.0.1"]))
        assert (await outbound.post(f"http://localhost:{port}/", b"{}", {})).status == 204
    assert sum(given) < ANSWERED_WITHIN_SECONDS


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize(
    "serve", [silent, answering(b"HTTP/1.1 200"), answering(b"SSH-2.0\r\n\r\n"), answering(b"")]
)
async def test_who_does_not_answer_is_not_waited_for(serve: Serve) -> None:
    async with listening(serve) as port:
        with pytest.raises(NotAnswered):
            await Outbound(allowed=LOOPBACK).post(f"http://127.0.0.1:{port}/", b"{}", {}, within_seconds=0.2)


async def test_nobody_listens() -> None:
    async with listening(silent) as port:
        pass
    with pytest.raises(NotAnswered, match="ConnectError"):
        await Outbound(allowed=LOOPBACK).post(f"http://127.0.0.1:{port}/", b"{}", {})


@pytest.mark.parametrize(("name", "is_believed"), [("localhost", True), ("hospital.example", False)])
async def test_who_answers_proves_to_be_the_name_that_was_called(
    tmp_path: Path, name: str, *, is_believed: bool
) -> None:
    authority, certificate = make_certificate(tmp_path, host=name)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with listening(answering(b"HTTP/1.1 204 Taken\r\n\r\n"), context) as port:
        outbound = Outbound(allowed=LOOPBACK, ca_file=str(authority), resolve=resolving(["127.0.0.1"]))
        call = outbound.post(f"https://localhost:{port}/", b"{}", {})
        if is_believed:
            assert (await call).status == 204
        else:
            with pytest.raises(NotAnswered, match="ConnectError"):
                await call
