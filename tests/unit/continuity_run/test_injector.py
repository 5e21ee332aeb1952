"""A schedule of faults that falls behind: how far is counted, late faults are skipped, the load follows."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar, cast

from tests.continuity.faults.injector import Injector
from tests.continuity.faults.schedule import Fault
from tests.continuity.journal import Journal
from tests.continuity.load.offers import Offer
from tests.continuity.load.traffic import Traffic

FAULTS = [Fault(number, "broker.kill", "kafka", 0.0, 0.0, number) for number in (1, 2, 3)]


class Platform:
    """A platform that is always ready."""

    processes: ClassVar[dict[str, Any]] = {}

    async def ready(self, *_: str) -> None:
        return


class Clients:
    """Clients whose every request is answered."""

    def __init__(self) -> None:
        self.sent: list[float] = []

    async def send(self, _: Offer, **__: Any) -> dict[str, Any]:
        self.sent.append(asyncio.get_running_loop().time())
        return {"http_status": 202}


async def injected(path: Path, *, within_seconds: float) -> Injector:
    """Three faults of one server, due at once; each lasts for a hundredth of a second."""

    async def lasting(*_: Any) -> None:
        over = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, over.set_result, None)
        await over

    journal = Journal(path / "faults.jsonl")
    injector = Injector(cast("Any", Platform()), journal, seed=1, injection_of=lambda _: lasting)
    await injector.run(FAULTS, within_seconds=within_seconds)
    await journal.close()
    return injector


async def test_it_knows_how_far_it_fell_behind(tmp_path: Path) -> None:
    injector = await injected(tmp_path, within_seconds=60)

    assert injector.done == {"broker.kill": 3}
    assert injector.late_seconds >= 0.02


async def test_what_would_begin_too_late_is_left_out_and_counted(tmp_path: Path) -> None:
    injector = await injected(tmp_path, within_seconds=-1)

    assert not injector.done
    assert injector.left_out == {"broker.kill": 3}


async def test_the_load_falls_behind_with_the_faults() -> None:
    clients = Clients()
    offers = [Offer("P", "750000001", {"source_event_id": str(number)}) for number in range(2)]
    began = asyncio.get_running_loop().time()

    await Traffic(cast("Any", clients)).paced(offers, within_seconds=0.02, late_seconds=lambda: 0.015)

    assert clients.sent[0] - began >= 0.01
    assert clients.sent[1] - began >= 0.01 + 0.015
