"""Mutated messages of other projects are each answered, directly, over HTTP and MLLP, in bounded memory.

`RELAIS_TEST_MUTATED=200000` runs as many of them; a tenth goes over HTTP and over MLLP, too.
"""

import asyncio
import os
import random
import resource
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import httpx
import pytest
from fastapi import FastAPI

from services.admission.api.hl7v2 import messages as hl7v2
from services.admission.api.hl7v2.door import LIMIT_BYTES, take_message
from services.admission.api.mllp.frames import framed
from services.admission.domain.hl7v2.batch import messages_of
from services.admission.handlers.dependencies import Dependencies
from shared.security.principal import Principal
from shared.web.app import create_app
from tests.unit.admission.api.mllp_door import serving
from tests.unit.admission.api.test_hl7v2_door import SOURCE, WITH_THE_SETS, messages_of_the_sets

pytestmark = WITH_THE_SETS

MUTATED: Final = int(os.environ.get("RELAIS_TEST_MUTATED", "5000"))
OVER_WIRES: Final = 10
"""One of so many."""
MOST_KILOBYTES: Final = 100_000


async def test_mutated_messages_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20261129)  # noqa: S311 - repeatable
    messages = [message for _, message in messages_of_the_sets() if len(message) < 3000]
    answered: Counter[str] = Counter()
    async with serving(monkeypatch) as door, _over_http(door.given) as http:
        reader, writer = await door.peer()
        used = _kilobytes()
        for count in range(MUTATED):
            raw = _mutated(chance, chance.choice(messages)).replace(b"\x0b", b"").replace(b"\x1c", b"")
            taken = await take_message(door.given, raw, source=SOURCE)
            answered[taken.answer.verdict] += 1
            assert len(taken.raw) < LIMIT_BYTES
            if count % OVER_WIRES == 0:
                posted = await asyncio.wait_for(http.post(hl7v2.PATH, content=raw), 10)
                _check_posted(posted, raw, taken.raw)
            if taken.is_wanted and count % OVER_WIRES == 0:
                writer.write(framed(raw))
                said = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 10)
                if len(list(messages_of(raw))) == 1:  # over MLLP, of several each is answered by itself
                    assert _verdict(said.strip(b"\x0b\x1c\r")) == _verdict(taken.raw)
        assert _kilobytes() - used < MOST_KILOBYTES
    assert set(answered) == {"A", "E", "R"}


@asynccontextmanager
async def _over_http(given: Dependencies) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        title="admission",
        lifespan=_nothing,
        routers=[hl7v2.router],
        body_limits={hl7v2.PATH: hl7v2.LIMIT_BYTES},
    )
    app.state.dependencies, app.state.authenticator = given, _OneKey()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        yield client


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


class _OneKey:
    async def authenticate(self, _: str | None) -> Principal:
        return SOURCE


def _check_posted(posted: httpx.Response, raw: bytes, directly: bytes) -> None:
    """One acknowledgement of each message of the body, the same as without HTTP; never a failure of ours."""
    assert posted.status_code == HTTPStatus.OK, posted.text
    if list(messages_of(raw)) == [raw]:
        assert _verdict(posted.content) == _verdict(directly)


def _verdict(answer: bytes) -> bytes:
    """MSA-1, whatever the charset and the delimiters of the answer."""
    return answer.partition(b"\rMSA")[2][1:3]


def _kilobytes() -> int:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _mutated(chance: random.Random, message: bytes) -> bytes:
    raw = bytearray(message)
    for _ in range(chance.randint(1, 4)):
        begin = chance.randint(0, len(raw))
        match chance.randint(0, 4):
            case 0:
                raw[begin : begin + chance.randint(1, 40)] = b""
            case 1:
                raw[begin:begin] = chance.randbytes(chance.randint(1, 8))
            case 2:
                raw[begin:begin] = (
                    chance.choice([b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b'""', b"\x00"]) * 3
                )
            case 3:
                raw = raw[:begin]
            case _:
                raw[begin:begin] = raw[chance.randint(0, len(raw)) :][:200]
    return bytes(raw)
