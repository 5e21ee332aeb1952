"""Does a rebuild come to an end, whatever comes in meanwhile?"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

import pytest

from shared.spine.rebuild import live_inbox as tails
from shared.spine.rebuild.filler import Filling
from shared.spine.rebuild.live_inbox import Held
from shared.spine.rebuild.projection import RebuildError

NOWHERE: Any = None


def filling_while(monkeypatch: pytest.MonkeyPatch, *, left: Iterable[int]) -> Filling:
    """So many events are left at each look; taking them over needs no database here."""
    looks = iter(left)

    async def tail(_connection: object, *, since: str | None, most: int) -> list[Held]:
        return [Held(uuid4(), "admission", uuid4(), 1)] * min(next(looks), most)

    async def now(_connection: object) -> str:
        return "moment"

    async def take(_filling: Filling, _left: Sequence[Held]) -> None:
        return

    monkeypatch.setattr(tails, "tail", tail)
    monkeypatch.setattr(tails, "now", now)
    monkeypatch.setattr(Filling, "take", take)
    return Filling(live=NOWHERE, beside=NOWHERE, projection=NOWHERE, ledgers={})


async def test_it_catches_up_though_a_round_now_and_then_brings_more(monkeypatch: pytest.MonkeyPatch) -> None:
    filling = filling_while(monkeypatch, left=[60_000, 400, 500, 450, 300, 350, 90])
    assert await filling.catch_up(since=None, few=100) == "moment"


async def test_it_gives_up_where_as_much_comes_in_as_it_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    filling = filling_while(monkeypatch, left=[400] * 1000)
    with pytest.raises(RebuildError, match="pause the service first"):
        await filling.catch_up(since=None, few=100)
