"""`GET /v1/receipts/{receipt_id}`: what became of a movement, asked of the services."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import httpx
import msgspec
import pytest

from services.admission.handlers.manage_access import NewSource
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, movement

Answer = Callable[[httpx.Request], httpx.Response]
PEERS = {
    "pathway": "http://pathway",
    "notifications": "http://notifications",
    "indicators": "http://indicators",
}


def ask(admission: Admission, answers: dict[str, Answer]) -> None:
    """Let the peers answer so; the network between is httpx's own stand-in."""

    def handle(request: httpx.Request) -> httpx.Response:
        return answers[request.url.host](request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    admission.app.state.dependencies = replace(admission.service.dependencies, http=http, peers=PEERS)


async def accepted(admission: Admission, source: NewSource, **stated: object) -> dict[str, object]:
    answer = await admission.post(source, movement() | stated)
    receipt: dict[str, object] = answer.json()
    return receipt


async def test_the_receipt_says_where_the_event_was_applied(admission: Admission) -> None:
    source = await admission.source()
    receipt = await accepted(admission, source)
    asked: list[httpx.Request] = []

    def pathway(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"state": "applied", "marks": ["stay_unknown"], "later": 1})

    notified = {"state": "applied", "obligations": {"informed": 2, "due": 1}}
    ask(
        admission,
        {
            "pathway": pathway,
            "notifications": lambda _: httpx.Response(200, json=notified),
            "indicators": lambda _: httpx.Response(404),
        },
    )
    path = f"/v1/receipts/{receipt['receipt_id']}"
    answer = await admission.client.get(path, headers=bearer(source.secret))
    assert answer.status_code == 200
    assert answer.json() | receipt == answer.json()
    assert answer.json()["services"] == {
        "pathway": {"state": "applied", "marks": ["stay_unknown"]},
        "notifications": notified,
        "indicators": {"state": "pending"},
    }
    assert asked[0].url.path == f"/v1/events/{receipt['event_id']}/outcome"
    assert asked[0].headers["authorization"] == f"Bearer {source.secret}"


def fail(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow", request=request)


@pytest.mark.parametrize(
    "bad",
    [
        fail,
        lambda _: httpx.Response(500),
        lambda _: httpx.Response(401),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, content=b'{"state":"\xff"}'),
        lambda _: httpx.Response(200, json={"state": "new state"}),
    ],
)
async def test_a_service_that_does_not_answer_is_unreachable_and_no_error(
    admission: Admission, bad: Answer
) -> None:
    source = await admission.source()
    receipt = await accepted(admission, source)
    ask(admission, dict.fromkeys(PEERS, bad))
    path = f"/v1/receipts/{receipt['receipt_id']}"
    answer = await admission.client.get(path, headers=bearer(source.secret))
    assert answer.status_code == 200
    assert answer.json()["services"] == {name: {"state": "unreachable"} for name in PEERS}


async def test_another_establishments_receipt_looks_like_one_that_does_not_exist(
    admission: Admission,
) -> None:
    receipt = await accepted(admission, await admission.source())
    reader = bearer((await admission.source(CLINIC, ["read", "intake", "operator"])).secret)
    unknown = [f"/v1/receipts/{receipt_id}" for receipt_id in (receipt["receipt_id"], uuid4(), "no-id")]
    answers = [await admission.client.get(path, headers=reader) for path in unknown]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1


async def test_receipts_are_read_by_their_establishment_and_the_platform(admission: Admission) -> None:
    path = f"/v1/receipts/{(await accepted(admission, await admission.source()))['receipt_id']}"
    colleague = await admission.source(scopes=["read"])
    platform = await admission.source(None, ["read", "operator"])
    nobody = await admission.source(scopes=["circle"])
    readers = [colleague, platform, nobody]
    answers = [await admission.client.get(path, headers=bearer(reader.secret)) for reader in readers]
    assert [answer.status_code for answer in answers] == [200, 200, 403]


OWN = {"movement_id": "m-1", "stay_id": "v-1"}


async def shown(admission: Admission, receipt: dict[str, object], reader: NewSource) -> dict[str, object]:
    path = f"/v1/receipts/{receipt['receipt_id']}"
    answer = await admission.client.get(path, headers=bearer(reader.secret))
    assert answer.status_code == 200
    body: dict[str, object] = answer.json()
    return body


async def test_a_sender_finds_its_own_numbers_beside_ours(admission: Admission) -> None:
    source = await admission.source()
    body = await shown(admission, await accepted(admission, source, **OWN), source)
    assert (body["source_movement_id"], body["source_stay_id"]) == ("m-1", "v-1")
    [published] = await admission.rows("SELECT data FROM ledger WHERE event_id = $1", body["event_id"])
    data = msgspec.json.decode(published["data"])
    assert (body["movement_id"], body["stay_id"]) == (data["movement_id"], data["stay_id"])


async def test_another_source_of_the_establishment_finds_them_too(admission: Admission) -> None:
    receipt = await accepted(admission, await admission.source(), **OWN)
    body = await shown(admission, receipt, await admission.source(scopes=["read"]))
    assert body["source_stay_id"] == "v-1"


async def test_an_operator_of_the_platform_sees_our_ids_only(admission: Admission) -> None:
    receipt = await accepted(admission, await admission.source(), **OWN)
    body = await shown(admission, receipt, await admission.source(None, ["operator", "read"]))
    assert body["stay_id"]
    assert body["source_movement_id"] is body["source_stay_id"] is None


async def test_the_numbers_of_an_erased_person_are_gone_and_the_receipt_stays(admission: Admission) -> None:
    source = await admission.source()
    receipt = await accepted(admission, source, **OWN)
    await admission.rows("DELETE FROM identifiers WHERE person_id = $1", receipt["person_id"])
    await admission.rows("DELETE FROM persons WHERE person_id = $1", receipt["person_id"])
    body = await shown(admission, receipt, source)
    assert body["content_sha256"] == receipt["content_sha256"]
    assert body["source_movement_id"] is body["source_stay_id"] is None


async def found(admission: Admission, source_event_id: str, reader: NewSource) -> httpx.Response:
    asked = {"source_event_id": source_event_id}
    return await admission.client.get("/v1/receipts", params=asked, headers=bearer(reader.secret))


async def test_a_source_finds_its_receipt_by_its_own_event_id(admission: Admission) -> None:
    source = await admission.source()
    receipt = await accepted(admission, source, source_event_id="his-1")
    answer = await found(admission, "his-1", source)
    assert answer.json() == {"receipts": [await shown(admission, receipt, source)]}


async def test_an_event_id_means_something_to_its_source_alone(admission: Admission) -> None:
    await accepted(admission, await admission.source(), source_event_id="his-1")
    for other in (await admission.source(), await admission.source(CLINIC), await admission.source(None)):
        known, unknown = await found(admission, "his-1", other), await found(admission, "his-2", other)
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert known.json() == {"receipts": []}


@pytest.mark.parametrize("source_event_id", ["", "\0", "x" * 121])
async def test_what_no_event_id_can_be_is_refused(admission: Admission, source_event_id: str) -> None:
    assert (await found(admission, source_event_id, await admission.source())).status_code == 422
