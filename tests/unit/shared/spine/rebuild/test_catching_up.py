"""A rebuild comes to an end, however many events come in meanwhile."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

import pytest

from shared.spine.rebuild import live_inbox
from shared.spine.rebuild.filler import ProjectionFiller
from shared.spine.rebuild.live_inbox import AppliedEvent
from shared.spine.rebuild.projection import RebuildError

NOWHERE: Any = None


def filler_while(monkeypatch: pytest.MonkeyPatch, *, left: Iterable[int]) -> ProjectionFiller:
    """So many events are left at each look; applying them needs no database here."""
    looks = iter(left)

    async def applied_since(_connection: object, *, since: str | None, limit: int) -> list[AppliedEvent]:
        return [AppliedEvent(uuid4(), "admission", uuid4(), 1)] * min(next(looks), limit)

    async def oldest_running_transaction(_connection: object) -> str:
        return "moment"

    async def apply_named(_filler: ProjectionFiller, _named: Sequence[AppliedEvent]) -> None:
        return

    monkeypatch.setattr(live_inbox, "applied_since", applied_since)
    monkeypatch.setattr(live_inbox, "oldest_running_transaction", oldest_running_transaction)
    monkeypatch.setattr(ProjectionFiller, "apply_named", apply_named)
    return ProjectionFiller(live=NOWHERE, rebuilt=NOWHERE, projection=NOWHERE, ledgers={})


async def test_it_catches_up_though_a_round_now_and_then_brings_more(monkeypatch: pytest.MonkeyPatch) -> None:
    filler = filler_while(monkeypatch, left=[60_000, 400, 500, 450, 300, 350, 90])
    assert await filler.catch_up(since=None, few=100) == "moment"


async def test_it_gives_up_where_as_much_comes_in_as_it_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    filler = filler_while(monkeypatch, left=[400] * 1000)
    with pytest.raises(RebuildError, match="pause the service first"):
        await filler.catch_up(since=None, few=100)
