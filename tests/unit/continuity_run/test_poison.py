"""A malformed record is sent again when its producer hangs, as one did whose broker was wiped."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.continuity.journal import Journal
from tests.continuity.load import poison
from tests.continuity.load.poison import Poison


class _Producer:
    """A producer whose first instance hangs in send and in stop."""

    made = 0

    def __init__(self, **_: Any) -> None:
        type(self).made += 1
        self._answers = asyncio.Event()
        if self.made > 1:
            self._answers.set()

    async def start(self) -> None:
        return

    async def send_and_wait(self, *_: Any, **__: Any) -> None:
        await self._answers.wait()

    async def stop(self) -> None:
        return


async def test_a_producer_that_waits_for_ever_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poison, "AIOKafkaProducer", _Producer)
    monkeypatch.setattr(poison, "TAKEN_WITHIN_SECONDS", 0.01)
    monkeypatch.setattr(poison, "PAUSE_SECONDS", 0.0)
    journal = Journal(tmp_path / "faults.jsonl")
    await Poison("", journal, seed=1).put()
    await journal.close()
    assert _Producer.made == 2
