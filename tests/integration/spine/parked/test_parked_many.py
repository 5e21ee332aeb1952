"""Many parked events are retried at once, in each person's order, until too many fail."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.database.pool import Pool
from shared.spine.parked import retry_many
from shared.spine.records.cloud_events import WRONG_PAYLOAD
from shared.spine.records.incoming import IncomingRecord
from shared.testing.records import event_id
from tests.integration.spine.parked_service import REFUSED, Shop, asking, sent

pytestmark = pytest.mark.services


async def parked_people(shop: Shop, number: int) -> list[list[IncomingRecord]]:
    """So many people with three events each, the first of them wrong for now."""
    people: list[list[IncomingRecord]] = []
    for _ in range(number):
        subject = uuid4()
        people.append([sent(subject, sequence) for sequence in (1, 2, 3)])
        await shop.park(*people[-1])
    return people


async def all_chunks(operator: httpx.AsyncClient, **asked: Any) -> list[Any]:
    answers: list[Any] = []
    after: str | None = ""
    while after is not None:
        body = {"by": "Ada", "rate_per_second": 1000, "after": after, **asked}
        answers.append((await operator.post("/v1/parked/retry", json=body)).json())
        after = None if answers[-1]["stopped"] else answers[-1]["next"]
    return answers


@pytest.mark.parametrize("chunk_seconds", [0.0, 30.0])
async def test_all_of_a_reason_are_applied_in_order_in_however_many_chunks(
    pool: Pool, chunk_seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_many, "CHUNK_SECONDS", chunk_seconds)
    shop = Shop(pool)
    people = await parked_people(shop, 3)
    shop.wrong.clear()
    async with asking(shop) as operator:
        answers = await all_chunks(operator, reason=REFUSED)
    assert sum(answer["applied"] for answer in answers) == 9
    assert len(answers) == (9 if chunk_seconds == 0 else 1)
    in_order: list[UUID] = await shop.effects()
    for person in people:
        places = [in_order.index(event_id(event)) for event in person]
        assert places == sorted(places)


async def test_who_is_still_wrong_holds_up_nobody_else(pool: Pool) -> None:
    shop = Shop(pool)
    [first, second, third] = await parked_people(shop, 3)
    shop.wrong.difference_update({event_id(first[0]), event_id(third[0])})
    async with asking(shop) as operator:
        [answer] = await all_chunks(operator)
    assert (answer["applied"], answer["stopped"]) == (6, False)
    assert [still["reason"] for still in answer["still_parked"]] == [REFUSED]
    assert event_id(second[0]) not in await shop.effects()


async def test_it_stops_when_too_many_fail(pool: Pool) -> None:
    shop = Shop(pool)
    await parked_people(shop, 4)
    async with asking(shop) as operator:
        [answer] = await all_chunks(operator, stop_after_failures=2)
    assert (answer["applied"], len(answer["still_parked"]), answer["stopped"]) == (0, 2, True)
    assert answer["next"] is not None


async def test_other_reasons_are_left_alone(pool: Pool) -> None:
    shop = Shop(pool)
    await shop.take(sent(uuid4(), 1, b'{"key_id":7}'))
    await parked_people(shop, 1)
    shop.wrong.clear()
    async with asking(shop) as operator:
        [answer] = await all_chunks(operator, reason=REFUSED)
        wrong_cursor = await operator.post("/v1/parked/retry", json={"by": "Ada", "after": "x"})
    assert (answer["applied"], answer["still_parked"]) == (3, [])
    assert ("parked", WRONG_PAYLOAD) in await shop.states()
    assert wrong_cursor.status_code == 422


async def test_the_rate_holds_from_chunk_to_chunk(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(retry_many, "CHUNK_SECONDS", 0.0)
    monkeypatch.setattr(retry_many, "asyncio", SimpleNamespace(sleep=wait))
    shop = Shop(pool)
    await parked_people(shop, 1)
    shop.wrong.clear()
    async with asking(shop) as operator:
        answers = await all_chunks(operator, rate_per_second=0.1)
    assert [answer["applied"] for answer in answers] == [1, 1, 1]
    assert len(waits) == 3
