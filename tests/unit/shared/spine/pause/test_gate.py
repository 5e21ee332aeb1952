"""A pause is seen within half a second, and looked up no more often than that."""

import asyncio
from typing import Any

import pytest

from shared.spine.pause.gate import LOOK_AGAIN_SECONDS, Gate


class Pauses:
    """A table that counts how often it is asked, and can be away or slow."""

    def __init__(self) -> None:
        self.paused = False
        self.looks = 0
        self.away = False
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()

    async def fetchval(self, _query: str, *_: object) -> Any:
        self.looks += 1
        self.asked.set()
        await self.answers.wait()
        if self.away:
            raise ConnectionError
        return self.paused

    async def execute(self, query: str, *args: object) -> str:
        raise NotImplementedError

    async def executemany(self, command: str, args: Any) -> None:
        raise NotImplementedError

    async def fetch(self, query: str, *args: object) -> list[Any]:
        raise NotImplementedError

    async def fetchrow(self, query: str, *args: object) -> Any:
        raise NotImplementedError


async def test_it_remembers_for_half_a_second() -> None:
    table, now = Pauses(), [0.0]
    gate = Gate(table, "intake", seconds=lambda: now[0])
    assert await gate.is_open()
    table.paused = True
    now[0] = LOOK_AGAIN_SECONDS - 0.01
    assert (await gate.is_open(), table.looks) == (True, 1)
    now[0] = LOOK_AGAIN_SECONDS
    assert (await gate.is_open(), table.looks) == (False, 2)


async def test_many_who_ask_at_once_share_one_look_even_when_one_of_them_leaves() -> None:
    table = Pauses()
    table.answers.clear()
    table.paused = True
    gate = Gate(table, "intake")
    asking = [asyncio.create_task(gate.is_open()) for _ in range(20)]
    await asyncio.sleep(0)
    asking[0].cancel()
    table.answers.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert answers[1:] == [False] * 19
    assert table.looks == 1


async def test_who_cannot_tell_says_so_and_asks_again() -> None:
    table = Pauses()
    table.away = True
    gate = Gate(table, "relay")
    with pytest.raises(ConnectionError):
        await gate.is_open()
    table.away = False
    assert await gate.is_open()


async def test_who_waits_to_go_on_is_let_go_by_a_stop() -> None:
    table, stop = Pauses(), asyncio.Event()
    table.paused = True
    waiting = asyncio.create_task(Gate(table, "consumer").until_open(stop))
    await table.asked.wait()
    stop.set()
    await waiting
