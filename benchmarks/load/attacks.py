"""`python -m benchmarks.load.attacks NAME URL KEY`: one attack on admission, until it is stopped."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from benchmarks.load.closed_loop import movements

FINESS: Final = "750000002"
SLOW: Final = 520
DRIP_SECONDS: Final = 0.5
_SOME_BYTES: Final = 65536


async def _dripping(target: SplitResult, first: bytes, drop: bytes) -> None:
    """Send the beginning, then one drop after the other, and begin again when the server ends it."""
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(target.hostname, target.port)
            writer.write(first)
            while not reader.at_eof() and not writer.is_closing():
                writer.write(drop)
                await writer.drain()
                with suppress(TimeoutError):
                    async with asyncio.timeout(DRIP_SECONDS):
                        await reader.read(_SOME_BYTES)
            writer.close()
        await asyncio.sleep(DRIP_SECONDS)


async def _posting(target: SplitResult, request: Callable[[int], bytes]) -> None:
    """Post over a connection of its own each time, read the whole answer, and post again."""
    number = 0
    while True:
        number += 1
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(target.hostname, target.port)
            writer.write(request(number))
            await writer.drain()
            while await reader.read(_SOME_BYTES):
                pass
            writer.close()


def _request(target: SplitResult, path: str, key: str | None, body: bytes, *, announced: int = 0) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {target.netloc}", "Connection: close"]
    lines += [f"Authorization: Bearer {key}"] if key else []
    lines += [f"Content-Length: {announced or len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _crowd_of_one(number: int) -> bytes:
    """A thousand movements of one person."""
    lines = []
    for each in range(1000):
        [body] = movements(1, establishment=FINESS, prefix=f"one-{number}-{each}")
        stated = json.loads(body)
        stated["person"]["identifiers"] = [{"authority": FINESS, "value": "one", "type": "PI"}]
        lines.append(json.dumps(stated).encode())
    return b"\n".join(lines)


async def _guessing(target: SplitResult, which: int) -> None:
    await _posting(target, lambda number: _request(target, ONE, f"relais_{which}_{number}", b"{}"))


async def _moving_one_person(target: SplitResult, key: str, which: int) -> None:
    await _posting(target, lambda number: _request(target, MANY, key, _crowd_of_one(number * 2 + which)))


ONE, MANY = "/v1/movements", "/v1/movements:batch"
Attack = Callable[[SplitResult, str], list[Awaitable[None]]]

ATTACKS: Final[Mapping[str, Attack]] = {
    "slow bodies without a key": lambda target, _: [
        _dripping(target, _request(target, ONE, None, b"", announced=60_000), b"x") for _ in range(SLOW)
    ],
    "slow bodies with a key": lambda target, key: [
        _dripping(target, _request(target, ONE, key, b"", announced=60_000), b"x") for _ in range(SLOW)
    ],
    "slow heads": lambda target, _: [
        _dripping(target, b"POST /v1/movements HTTP/1.1\r\n", b"x: y\r\n") for _ in range(SLOW)
    ],
    "slow batches": lambda target, key: [
        _dripping(target, _request(target, MANY, key, b"", announced=8_000_000), b"\n") for _ in range(32)
    ],
    "batches of bad lines": lambda target, key: [
        _posting(
            target, lambda _: _request(target, MANY, key, b'{"kind": 1, "person": {"traits": 1}}\n' * 9999)
        )
        for _ in range(4)
    ],
    "long values": lambda target, key: [
        _posting(
            target,
            lambda _: _request(target, ONE, key, json.dumps({"unit": "x" * 62_000 + "\n"}).encode()),
        )
        for _ in range(4)
    ],
    "guessed keys": lambda target, _: [_guessing(target, each) for each in range(8)],
    "one person's crowd": lambda target, key: [_moving_one_person(target, key, each) for each in range(2)],
}
"""What it is called -> what it does, at the same time."""


async def _attack(name: str, url: str, key: str) -> None:
    await asyncio.gather(*ATTACKS[name](urlsplit(url), key))


if __name__ == "__main__":
    asyncio.run(_attack(*sys.argv[1:]))
