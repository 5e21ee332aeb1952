"""A name whose name server is slow delays whoever asks for it, and nobody else."""

import asyncio
import socket
import threading
from typing import Any

import pytest

from shared.web.outbound.resolver import resolve_by_system

PLACE = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))


async def test_a_slow_name_is_asked_for_once_and_others_are_found_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    answered = threading.Event()

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        if host == "slow.example":
            answered.wait(timeout=60)
        return [PLACE]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    waiting = [asyncio.create_task(resolve_by_system("slow.example", 443)) for _ in range(100)]
    assert await resolve_by_system("other.example", 443) == ["8.8.8.8"]
    waiting[0].cancel()
    answered.set()
    assert await asyncio.gather(*waiting[1:]) == [["8.8.8.8"]] * 99
    assert sorted(asked) == ["other.example", "slow.example"]


async def test_a_name_that_nobody_knows_says_so_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for _ in range(2):
        with pytest.raises(socket.gaierror):
            await resolve_by_system("nowhere.example", 443)
    assert asked == ["nowhere.example"] * 2
