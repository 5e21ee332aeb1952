"""Mutated messages of other projects are each answered, directly and over MLLP alike, in bounded memory.

`RELAIS_TEST_MUTATED=200000` runs as many of them; a tenth goes over MLLP, too.
"""

import asyncio
import os
import random
import resource
from collections import Counter
from typing import Final

import pytest

from services.admission.api.hl7v2.door import LIMIT_BYTES, take_message
from services.admission.api.mllp.frames import framed
from services.admission.domain.hl7v2.batch import messages_of
from tests.unit.admission.api.mllp_door import serving
from tests.unit.admission.api.test_hl7v2_door import SOURCE, WITH_THE_SETS, messages_of_the_sets

pytestmark = WITH_THE_SETS

MUTATED: Final = int(os.environ.get("RELAIS_TEST_MUTATED", "5000"))
OVER_MLLP: Final = 10
"""One of so many."""
MOST_KILOBYTES: Final = 100_000


async def test_mutated_messages_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(20261129)  # noqa: S311 - repeatable
    messages = [message for _, message in messages_of_the_sets() if len(message) < 3000]
    answered: Counter[str] = Counter()
    async with serving(monkeypatch) as door:
        reader, writer = await door.peer()
        used = _kilobytes()
        for count in range(MUTATED):
            raw = _mutated(chance, chance.choice(messages)).replace(b"\x0b", b"").replace(b"\x1c", b"")
            taken = await take_message(door.given, raw, source=SOURCE)
            answered[taken.answer.verdict] += 1
            assert len(taken.raw) < LIMIT_BYTES
            if taken.is_wanted and count % OVER_MLLP == 0:
                writer.write(framed(raw))
                said = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 10)
                if len(list(messages_of(raw))) == 1:  # over MLLP, of several each is answered by itself
                    assert _verdict(said.strip(b"\x0b\x1c\r")) == _verdict(taken.raw)
        assert _kilobytes() - used < MOST_KILOBYTES
    assert set(answered) == {"A", "E", "R"}


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
