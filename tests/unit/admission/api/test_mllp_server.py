"""Peers of all kinds are answered, or ended without harm to others; at the end, too."""

import asyncio
from contextlib import suppress
from time import monotonic
from uuid import UUID

import pytest

from services.admission.api.mllp.frames import framed
from services.admission.domain.hl7v2.callers import bindings_of
from shared.web.middleware import body_limit
from tests.integration.admission.hl7v2.door import adt, codes
from tests.unit.admission.api.mllp_door import answer_to, is_ended, serving


async def test_messages_are_answered_in_order_however_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as door:
        peer = await door.peer()
        first, second = framed(adt(control_id="1")), framed(adt(control_id="", number="2"))
        for byte in first:
            peer[1].write(bytes((byte,)))
            await peer[1].drain()
        assert await answer_to(peer) == "AA"
        peer[1].write(second + framed(b"garbage") + framed(adt(control_id="3", number="3"))[:-9])
        assert [await answer_to(peer), await answer_to(peer)] == ["AE", "AR"]
        peer[1].write(framed(adt(control_id="3", number="3"))[-9:])
        assert await answer_to(peer) == "AA"
        assert door.stored == ["1", "3"]


async def test_messages_of_one_frame_are_answered_in_one_with_refusals_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(monkeypatch) as door:
        reader, writer = await door.peer()
        several = [adt(control_id="1"), adt(control_id="", number="2"), adt(control_id="3", number="3")]
        writer.write(framed(b"\r".join(several)))
        assert codes(await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 10)) == ["AE", "AA", "AA"]
        assert door.stored == ["1", "3"]
        writer.write(framed(b"MSH|^~\\&|\r" * 501))
        assert codes(await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 10)) == ["AR"]


async def test_who_closes_no_message_with_0d_is_answered_after_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.admission.api.mllp.connection.PAUSE_SECONDS", 0.05)
    async with serving(monkeypatch) as door:
        peer = await door.peer()
        for number in ("1", "2"):
            peer[1].write(framed(adt(control_id=number, number=number))[:-1])
            assert await answer_to(peer) == "AA"
        peer[1].write(framed(adt(control_id="3", number="3"))[:-1])
        peer[1].write_eof()
        assert await answer_to(peer) == "AA"


async def test_many_peers_are_served_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(monkeypatch) as door:
        peers = [await door.peer() for _ in range(100)]
        for count, (_, writer) in enumerate(peers):
            writer.write(framed(adt(control_id=str(count), number=str(count))))
        assert {await answer_to(peer) for peer in peers} == {"AA"}
        assert len(door.stored) == 100


async def test_a_peer_that_never_ends_its_message_is_ended_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body_limit, "GRACE_SECONDS", 0.05)
    async with serving(monkeypatch) as door:
        slow, endless, silent, honest = [await door.peer() for _ in range(4)]
        slow[1].write(b"\x0bMSH|^~")
        assert await is_ended(slow)
        with suppress(ConnectionError):
            endless[1].write(b"\x0b" + b"A" * 1_000_000)
            await endless[1].drain()
            assert await is_ended(endless)
        honest[1].write(framed(adt()))
        assert await answer_to(honest) == "AA"
        silent[1].write(framed(adt(control_id="2", number="2")))
        assert await answer_to(silent) == "AA"


async def test_at_the_end_what_was_received_is_answered_and_nothing_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(monkeypatch) as door:
        busy, idle = await door.peer(), await door.peer()
        door.may_commit.clear()
        busy[1].write(framed(adt()))
        await asyncio.wait_for(door.commits.wait(), 10)
        door.stop.set()
        assert await is_ended(idle)
        door.may_commit.set()
        assert await answer_to(busy) == "AA"
        assert await is_ended(busy)
        with pytest.raises(ConnectionRefusedError):
            await door.peer()


async def test_a_connection_ends_at_its_next_message_when_its_caller_is_bound_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving(monkeypatch) as door:
        peer, callers = await door.peer(), door.given.callers
        peer[1].write(framed(adt(control_id="1")))
        assert await answer_to(peer) == "AA"
        callers.bindings, callers.until = bindings_of(f"0@127.0.0.1={UUID(int=99)}"), monotonic() + 60
        peer[1].write(framed(adt(control_id="2", number="2")))
        assert await is_ended(peer)
        assert door.stored == ["1"]
        callers.bindings = ()
        again = await door.peer()
        again[1].write(framed(adt(control_id="2", number="2")))
        assert await answer_to(again) == "AA"
        assert door.stored == ["1", "2"]


async def test_who_is_bound_to_nothing_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(*_: object) -> None:
        return None

    async with serving(monkeypatch) as door:
        monkeypatch.setattr("services.admission.api.mllp.server.sender_of", nobody)
        assert await is_ended(await door.peer())
