"""Peers of all kinds are answered, or ended without harm to others; at the end, too."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest

from services.admission.api.mllp.frames import framed
from services.admission.api.mllp.server import MllpServer
from services.admission.domain.hl7v2.callers import bindings_of
from services.admission.domain.submission import Submission
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed, GroupCommit
from shared.web.middleware import body_limit
from tests.integration.admission.hl7v2.door import adt, codes
from tests.unit.admission.api.test_hl7v2_door import SOURCE, accept
from tests.unit.admission.dependencies import dependencies

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]
BOUND: Final = f"0={SOURCE.source_id}"


class Door:
    """A server, what it stored, and peers of it."""

    def __init__(self, server: MllpServer, stop: asyncio.Event) -> None:
        self.server = server
        self.stop = stop
        self.stored: list[str] = []
        self.peers: list[Peer] = []
        self.may_commit = asyncio.Event()
        self.may_commit.set()
        self.commits = asyncio.Event()

    async def peer(self) -> Peer:
        peer = await asyncio.open_connection("127.0.0.1", self.server.ports[0])
        self.peers.append(peer)
        return peer

    async def close(self) -> None:
        for _, writer in self.peers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def _answer(peer: Peer) -> str:
    raw = await asyncio.wait_for(peer[0].readuntil(b"\x1c\r"), 10)
    (code,) = codes(raw.strip(b"\x0b\x1c\r"))
    return code


async def _is_ended(peer: Peer) -> bool:
    return await asyncio.wait_for(peer[0].read(), 10) == b""


@asynccontextmanager
async def _serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
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
    door = Door(MllpServer(given, bindings_of(BOUND), ports=[0], host="127.0.0.1"), asyncio.Event())
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


async def test_messages_are_answered_in_order_however_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _serving(monkeypatch) as door:
        peer = await door.peer()
        first, second = framed(adt(control_id="1")), framed(adt(control_id="", number="2"))
        for byte in first:
            peer[1].write(bytes((byte,)))
            await peer[1].drain()
        assert await _answer(peer) == "AA"
        peer[1].write(second + framed(b"garbage") + framed(adt(control_id="3", number="3"))[:-9])
        assert [await _answer(peer), await _answer(peer)] == ["AE", "AR"]
        peer[1].write(framed(adt(control_id="3", number="3"))[-9:])
        assert await _answer(peer) == "AA"
        assert door.stored == ["1", "3"]


async def test_many_peers_are_served_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _serving(monkeypatch) as door:
        peers = [await door.peer() for _ in range(100)]
        for count, (_, writer) in enumerate(peers):
            writer.write(framed(adt(control_id=str(count), number=str(count))))
        assert {await _answer(peer) for peer in peers} == {"AA"}
        assert len(door.stored) == 100


async def test_a_peer_that_never_ends_its_message_is_ended_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_limit, "GRACE_SECONDS", 0.05)
    async with _serving(monkeypatch) as door:
        slow, endless, silent, honest = [await door.peer() for _ in range(4)]
        slow[1].write(b"\x0bMSH|^~")
        assert await _is_ended(slow)
        with suppress(ConnectionError):
            endless[1].write(b"\x0b" + b"A" * 1_000_000)
            await endless[1].drain()
            assert await _is_ended(endless)
        honest[1].write(framed(adt()))
        assert await _answer(honest) == "AA"
        silent[1].write(framed(adt(control_id="2", number="2")))
        assert await _answer(silent) == "AA"


async def test_at_the_end_what_was_received_is_answered_and_nothing_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with _serving(monkeypatch) as door:
        busy, idle = await door.peer(), await door.peer()
        door.may_commit.clear()
        busy[1].write(framed(adt()))
        await asyncio.wait_for(door.commits.wait(), 10)
        door.stop.set()
        assert await _is_ended(idle)
        door.may_commit.set()
        assert await _answer(busy) == "AA"
        assert await _is_ended(busy)
        with pytest.raises(ConnectionRefusedError):
            await door.peer()


async def test_who_is_bound_to_nothing_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(*_: object) -> None:
        return None

    async with _serving(monkeypatch) as door:
        monkeypatch.setattr("services.admission.api.mllp.server.sender_of", nobody)
        assert await _is_ended(await door.peer())
