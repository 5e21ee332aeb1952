"""An operator finds, reads, retries and dismisses parked events, and sees no more than is needed."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from shared.database.pool import Pool
from shared.spine.inbox.outcome import applied_state
from shared.spine.inbox.separate import WAITS
from shared.spine.records.cloud_events import WRONG_PAYLOAD
from shared.testing.records import event_id
from tests.integration.spine.parked_service import KEY, REFUSED, Shop, asking, sent

pytestmark = pytest.mark.services
BY = {"by": "Ada", "because": "repaired"}


@pytest.fixture
def shop(pool: Pool) -> Shop:
    return Shop(pool)


@pytest.fixture
async def operator(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(shop) as client:
        yield client


async def ids(operator: httpx.AsyncClient) -> list[int]:
    answer = await operator.get("/v1/parked", params={"state": "all"})
    return [event["parked_id"] for event in answer.json()["parked"]]


@pytest.mark.parametrize("key", ["read", "operator:010000024"])
async def test_only_an_operator_of_the_whole_platform_may_look(shop: Shop, key: str) -> None:
    async with asking(shop, key) as client:
        assert (await client.get("/v1/parked")).status_code == 403


async def test_the_list_says_why_and_from_where_and_nothing_of_the_person(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    subject = uuid4()
    bad, behind = sent(subject, 1), sent(subject, 2)
    await shop.park(bad, behind)
    answer = (await operator.get("/v1/parked", params={"reason": REFUSED})).json()
    assert (answer["total"], answer["next"]) == (1, None)
    [shown] = answer["parked"]
    assert (shown["event_id"], shown["reason"], shown["state"]) == (str(event_id(bad)), REFUSED, "parked")
    assert (shown["topic"], shown["type"]) == ("ledger", "relais.admission.access-revoked.v1")
    assert str(subject) not in str(answer)


async def test_the_list_comes_in_pages(shop: Shop, operator: httpx.AsyncClient) -> None:
    for _ in range(3):
        await shop.park(sent(uuid4(), 1))
    first = (await operator.get("/v1/parked", params={"limit": 2})).json()
    second = (await operator.get("/v1/parked", params={"limit": 2, "after": first["next"]})).json()
    assert (first["total"], len(first["parked"]), len(second["parked"]), second["next"]) == (3, 2, 1, None)


async def test_the_content_is_shown_on_purpose_and_the_access_is_recorded(
    shop: Shop, operator: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = uuid4()
    await shop.park(sent(subject, 1), sent(subject, 2))
    [first, second] = await ids(operator)
    shown = (await operator.get(f"/v1/parked/{first}")).json()
    assert (shown["content"], shown["waits_for"], shown["waiting_behind"]) == (None, None, 1)
    assert (await operator.get(f"/v1/parked/{second}")).json()["waits_for"] == first
    assert "revealed" not in capsys.readouterr().out
    shown = (await operator.get(f"/v1/parked/{first}", params={"reveal": True})).json()
    assert (shown["content"]["subject"], "key_id" in shown["content"]["value"]) == (str(subject), True)
    said = capsys.readouterr().out
    assert "parked_event_revealed" in said
    assert str(KEY) in said
    assert str(subject) not in said


async def test_a_repaired_event_is_applied_and_then_those_that_waited_in_their_order(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    subject = uuid4()
    bad, third, second = sent(subject, 1), sent(subject, 3), sent(subject, 2)
    await shop.park(bad, third, second)
    shop.wrong.clear()
    first = (await ids(operator))[0]
    answer = (await operator.post(f"/v1/parked/{first}/retry", json=BY)).json()
    assert (len(answer["applied"]), answer["still_parked"]) == (3, [])
    assert await shop.effects() == [event_id(bad), event_id(second), event_id(third)]
    shown = (await operator.get(f"/v1/parked/{first}")).json()["event"]
    assert (shown["state"], shown["settled_because"]) == ("applied", "repaired")
    assert shown["settled_by"] == f"Ada (key {KEY})"
    again = await operator.post(f"/v1/parked/{first}/retry", json=BY)
    assert again.status_code == 409


async def test_one_that_is_still_wrong_stays_and_what_waits_behind_it_too(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    subject = uuid4()
    await shop.park(sent(subject, 1), sent(subject, 2))
    [first, second] = await ids(operator)
    answer = (await operator.post(f"/v1/parked/{first}/retry", json=BY)).json()
    assert answer == {"applied": [], "still_parked": [{"parked_id": first, "reason": REFUSED}]}
    assert await shop.states() == [("parked", REFUSED), ("parked", WAITS)]
    out_of_turn = await operator.post(f"/v1/parked/{second}/retry", json=BY)
    assert (out_of_turn.status_code, out_of_turn.json()["waits_for"]) == (409, first)
    assert await shop.effects() == []


async def test_a_record_that_cannot_be_read_says_so_again(shop: Shop, operator: httpx.AsyncClient) -> None:
    await shop.take(sent(uuid4(), 1, b'{"key_id":7}'))
    [parked] = await ids(operator)
    answer = (await operator.post(f"/v1/parked/{parked}/retry", json=BY)).json()
    assert answer["still_parked"] == [{"parked_id": parked, "reason": WRONG_PAYLOAD}]


async def test_a_dismissal_needs_a_reason_stays_visible_and_says_what_follows(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    subject = uuid4()
    bad, behind = sent(subject, 1), sent(subject, 2)
    await shop.park(bad, behind)
    [first, second] = await ids(operator)
    assert (await operator.post(f"/v1/parked/{first}/dismiss", json={"by": "Ada"})).status_code == 422
    answer = (await operator.post(f"/v1/parked/{first}/dismiss", json=BY)).json()
    assert (answer["retryable"], answer["waiting_behind"]) == (second, 1)
    assert f"Retry {second}" in answer["follows"][-1]
    assert (await operator.get("/v1/parked", params={"state": "dismissed"})).json()["total"] == 1
    assert (await applied_state(shop.pool, event_id(bad))).state == "dismissed"
    assert (await operator.post(f"/v1/parked/{first}/dismiss", json=BY)).status_code == 409
    assert (await operator.post(f"/v1/parked/{second}/retry", json=BY)).json()["applied"] == [second]
    await shop.take(bad)
    assert await shop.effects() == [event_id(behind)]


async def test_what_an_event_said_is_erased_when_it_is_settled(
    shop: Shop, operator: httpx.AsyncClient
) -> None:
    applied, dismissed = sent(uuid4(), 1), sent(uuid4(), 1)
    await shop.park(applied)
    await shop.park(dismissed)
    shop.wrong.clear()
    [first, second] = await ids(operator)
    assert (await operator.post(f"/v1/parked/{first}/retry", json=BY)).json()["applied"] == [first]
    await operator.post(f"/v1/parked/{second}/dismiss", json=BY)
    for parked_id, event in ((first, applied), (second, dismissed)):
        shown = (await operator.get(f"/v1/parked/{parked_id}", params={"reveal": True})).json()
        assert (shown["content"], shown["event"]["event_id"]) == (None, str(event_id(event)))
    left = await shop.pool.fetch("SELECT FROM parked WHERE key IS NOT NULL OR value IS NOT NULL")
    assert (left, await shop.effects()) == ([], [event_id(applied)])
    await shop.take(dismissed)
    assert await shop.effects() == [event_id(applied)]


async def test_what_is_not_there_is_not_found(operator: httpx.AsyncClient) -> None:
    assert (await operator.get("/v1/parked/7")).status_code == 404
    assert (await operator.post("/v1/parked/7/retry", json=BY)).status_code == 404
    assert (await operator.post("/v1/parked/7/dismiss", json=BY)).status_code == 404
    assert (await operator.get(f"/v1/parked/{2**63}")).status_code == 422
