"""An MLLP server without a database, and peers of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest

from services.admission.api.mllp.server import MllpServer
from services.admission.domain.hl7v2.callers import bindings_of
from services.admission.domain.submission import Submission
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed, GroupCommit
from tests.integration.admission.hl7v2.door import codes
from tests.unit.admission.api.test_hl7v2_door import SOURCE, accept
from tests.unit.admission.dependencies import dependencies

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]
BOUND: Final = f"0={SOURCE.source_id}"


class Door:
    """A server, what it stored, and peers of it."""

    def __init__(self, server: MllpServer, given: Dependencies, stop: asyncio.Event) -> None:
        self.server = server
        self.given = given
        self.stop = stop
        self.stored: list[str] = []
        self.peers: list[Peer] = []
        self.may_commit = asyncio.Event()
        self.may_commit.set()
        self.commits = asyncio.Event()

    async def peer(self, tls: ssl.SSLContext | None = None) -> Peer:
        peer = await asyncio.open_connection("127.0.0.1", self.server.ports[0], ssl=tls)
        self.peers.append(peer)
        return peer

    async def close(self) -> None:
        for _, writer in self.peers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def answer_to(peer: Peer) -> str:
    """MSA-1 of the next answer that the peer gets."""
    raw = await asyncio.wait_for(peer[0].readuntil(b"\x1c\r"), 10)
    (code,) = codes(raw.strip(b"\x0b\x1c\r"))
    return code


async def is_ended(peer: Peer) -> bool:
    """Whether the server ended the connection, and said nothing before."""
    return await asyncio.wait_for(peer[0].read(), 10) == b""


@asynccontextmanager
async def serving(
    monkeypatch: pytest.MonkeyPatch, *, tls: ssl.SSLContext | None = None, bound: str = BOUND
) -> AsyncIterator[Door]:
    """A server to which everybody is bound who calls from anywhere, unless `bound` says otherwise."""

    async def sender_of(*_: object) -> object:
        return SOURCE

    async def commit(given: Dependencies, batch: Sequence[Submission]) -> list[Flushed]:
        door.commits.set()
        await door.may_commit.wait()
        door.stored += [each.source_event_id for each in batch]
        return await accept(given, batch)

    monkeypatch.setattr("services.admission.api.mllp.server.sender_of", sender_of)
    commits: GroupCommit[Dependencies, Submission, Flushed] = GroupCommit(commit)
    given = dependencies(request_commits=commits)
    server = MllpServer(given, bindings_of(bound), ports=[0], host="127.0.0.1", tls=tls)
    door = Door(server, given, asyncio.Event())
    async with commits.running(given):
        running = asyncio.create_task(door.server.run(door.stop))
        await asyncio.wait_for(door.server.listening.wait(), 10)
        try:
            yield door
        finally:
            door.may_commit.set()
            door.stop.set()
            await door.close()
            await running
