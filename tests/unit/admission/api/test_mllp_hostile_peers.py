"""Who means harm, or is broken, takes no more than its share, and what was acknowledged is stored."""

import asyncio
import ssl
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from services.admission.api.mllp import connection
from services.admission.api.mllp.frames import framed
from services.admission.api.mllp.server import LONG_MESSAGES
from services.admission.mllp import tls_of
from services.admission.settings import Settings
from shared.web.fairness.shared_places import SharedPlaces
from tests.integration.admission.hl7v2.door import adt
from tests.integration.admission.running import settings_for
from tests.integration.database.certificates import make_certificate
from tests.unit.admission.api.mllp_door import BOUND, Door, Peer, answer_to, is_ended, serving
from tests.unit.admission.api.test_hl7v2_door import SOURCE


def message(count: int, *, padding: int = 0) -> bytes:
    return framed(adt(control_id=str(count), number=str(count)) + b"\rZZZ|" + b"a" * padding)


async def test_long_messages_take_turns_and_one_source_leaves_places(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as door:
        peers = [await door.peer() for _ in range(LONG_MESSAGES + 10)]
        whole = [message(count, padding=120_000) for count in range(len(peers))]
        for (_, writer), raw in zip(peers, whole, strict=True):
            writer.write(raw[:-60])
        for peer in peers:
            await peer[1].drain()
        ended = [peer for peer in peers if await _ends(peer)]
        assert len(ended) == len(peers) - LONG_MESSAGES // 2
        short = await door.peer()
        short[1].write(message(9000))
        assert await answer_to(short) == "AA", "a short message needs no place"
        for peer, raw in zip(peers, whole, strict=True):
            if peer not in ended:
                peer[1].write(raw[-60:])
                assert await answer_to(peer) == "AA"
        again = await door.peer()
        again[1].write(whole[-1])
        assert await answer_to(again) == "AA", "places are free again"


async def _ends(peer: Peer) -> bool:
    """Whether the server ended it; one that it still reads says nothing for a while."""
    try:
        return await asyncio.wait_for(peer[0].read(1), 0.01) == b""
    except (TimeoutError, ConnectionError) as error:
        return isinstance(error, ConnectionError)


async def test_who_says_no_more_still_gets_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as door:
        peer = await door.peer()
        peer[1].write(message(1))
        peer[1].write_eof()
        assert await answer_to(peer) == "AA"
        assert await is_ended(peer)


class _Deaf:
    """A peer's side that takes no byte of an answer."""

    is_closed = False

    def write(self, _raw: bytes) -> None:
        pass

    async def drain(self) -> None:
        await asyncio.Event().wait()

    def close(self) -> None:
        self.is_closed = True

    async def wait_closed(self) -> None:
        pass


async def test_who_reads_no_answer_is_ended_before_its_next_message_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", 0.02)
    taken: list[bytes] = []

    async def take(raw: bytes) -> bytes:
        taken.append(raw)
        return b"MSA|AA"

    reader, deaf = asyncio.StreamReader(), _Deaf()
    reader.feed_data(framed(b"first") + framed(b"second"))
    writer: Any = deaf
    served = connection.Connection(reader, writer, take, places=SharedPlaces(2), claimant="hospital")
    await asyncio.wait_for(served.serve(), 10)
    assert (taken, deaf.is_closed) == ([b"first"], True)


async def test_hundreds_that_begin_and_vanish_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as door:
        for count in range(300):
            _, writer = await door.peer()
            writer.write(message(count)[: 20 + count])
            writer.transport.abort()
        honest = await door.peer()
        honest[1].write(message(1))
        assert await answer_to(honest) == "AA"
        assert door.stored == ["1"]


def _server_side(folder: Path, client_authority: Path) -> tuple[Settings, Path]:
    authority, server = make_certificate(folder, host="localhost")
    settings = replace(settings_for(""), mllp_certificate=str(server), mllp_client_ca=str(client_authority))
    return settings, authority


def _client_side(authority: Path, certificate: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    context.check_hostname = False
    if certificate is not None:
        context.load_cert_chain(certificate)
    return context


async def _send(door: Door, tls: ssl.SSLContext | None) -> str:
    peer = await door.peer(tls)
    peer[1].write(message(2))
    return await answer_to(peer)


def _digest(certificate: Path) -> str:
    pem = certificate.read_text().partition("-----END CERTIFICATE-----")
    return sha256(ssl.PEM_cert_to_DER_cert(pem[0] + pem[1] + "\n")).hexdigest()


async def test_with_tls_a_source_is_who_its_certificate_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("server", "hospital", "other")]
    for folder in folders:
        folder.mkdir()
    hospitals_authority, hospital = make_certificate(folders[1], host="hospital")
    _, stranger = make_certificate(folders[2], host="hospital")
    settings, authority = _server_side(folders[0], hospitals_authority)
    bound = f"0@sha256:{_digest(hospital)}={SOURCE.source_id}"
    assert bound.endswith(BOUND.partition("=")[2])
    tls_of_server = tls_of(settings)
    assert tls_of_server is not None
    tls_of_server.verify_flags |= ssl.VERIFY_X509_STRICT
    async with serving(monkeypatch, tls=tls_of_server, bound=bound) as door:
        known = await door.peer(_client_side(authority, hospital))
        known[1].write(message(1)[:40])
        await known[1].drain()
        for tls in (_client_side(authority, stranger), _client_side(authority, None), None):
            with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
                await _send(door, tls)
        known[1].write(message(1)[40:])
        assert await answer_to(known) == "AA"
        assert door.stored == ["1"]
