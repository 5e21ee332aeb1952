"""`POST /v1/movements:batch`: every line gets the answer that it would have got alone."""

import asyncio
from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
import pytest
from starlette.types import Message

from services.admission.api import batches
from services.admission.api.batch_lines import LineAnswer
from services.admission.domain.receipt import Receipt
from services.admission.domain.submission import Submission, content_sha256
from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import CONCURRENT_BATCHES, Dependencies
from services.admission.handlers.group_commit import Flushed
from services.admission.handlers.manage_access import NewSource
from services.admission.settings import Settings
from shared.spine.pause import gate
from shared.web import responses
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission, bearer, settings_for
from tests.integration.admission.severing_proxy import proxied
from tests.integration.admission.test_failures import POISON
from tests.unit.admission.bodies import CLINIC, NAME, encoded, identifier, movement


async def post(admission: Admission, source: NewSource, *bodies: object) -> httpx.Response:
    """Offer many; bytes go as they are."""
    lines = [body if isinstance(body, bytes) else encoded(body) for body in bodies]
    return await admission.client.post(
        "/v1/movements:batch", content=b"\n".join(lines), headers=bearer(source.secret)
    )


def answers_of(response: httpx.Response) -> list[LineAnswer]:
    """Each line as the contract describes it."""
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/x-ndjson"
    return msgspec.json.Decoder(LineAnswer).decode_lines(response.content)


def statuses_of(response: httpx.Response) -> list[int]:
    return [answer.status for answer in answers_of(response)]


async def test_a_byte_order_mark_before_a_line_is_no_part_of_it(admission: Admission) -> None:
    source, one, another = await admission.source(), movement(), movement()
    marked = [BOM_UTF8 + encoded(one), BOM_UTF8, BOM_UTF8 + encoded(another) + b"\r"]
    assert statuses_of(await post(admission, source, *marked)) == [202, 202]
    assert statuses_of(await post(admission, source, one, another)) == [200, 200]


async def test_a_bad_line_is_answered_with_all_its_mistakes_and_spoils_no_other(admission: Admission) -> None:
    source = await admission.source()
    good, bad = movement(), movement(establishment="7", kind="discharge")
    answers = answers_of(await post(admission, source, good, bad, b'{"not json', good | {"unit": "B"}))
    assert [(answer.line, answer.status) for answer in answers] == [(1, 202), (2, 422), (3, 422), (4, 409)]
    receipt, problem, conflict = answers[0].receipt, answers[1].problem, answers[3].problem
    assert receipt is not None
    assert receipt.content_sha256 == content_sha256(encoded(good)).hex()
    assert problem is not None
    assert {error.pointer for error in problem.errors} == {"/establishment", "/origin"}
    assert conflict is not None
    assert conflict.stored_sha256 == receipt.content_sha256
    assert len(await admission.rows("SELECT FROM ledger WHERE type LIKE '%patient%'")) == 1


async def test_what_was_stored_before_gives_its_first_receipt(admission: Admission) -> None:
    source = await admission.source()
    alone, first = movement(), movement()
    receipt = (await admission.post(source, alone)).json()
    answers = answers_of(await post(admission, source, alone, first, first))
    assert [answer.status for answer in answers] == [200, 202, 200]
    assert msgspec.convert(receipt, Receipt) == answers[0].receipt
    assert answers[1].receipt == answers[2].receipt
    assert statuses_of(await post(admission, source, alone, first)) == [200, 200]
    assert (await admission.post(source, first)).status_code == 200


async def test_movements_of_one_person_keep_the_order_of_their_lines(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LINES_PER_COMMIT", 3)
    person = identifier("1")
    answers = answers_of(
        await post(admission, await admission.source(), *(movement(person) for _ in range(8)))
    )
    receipts = [answer.receipt for answer in answers if answer.receipt is not None]
    drawn = await admission.rows(
        "SELECT event_id FROM ledger JOIN submissions USING (event_id) ORDER BY sequence"
    )
    assert [row["event_id"] for row in drawn] == [receipt.event_id for receipt in receipts]


async def test_empty_lines_count_and_are_not_answered(admission: Admission) -> None:
    source = await admission.source()
    answers = answers_of(await post(admission, source, b"", movement(), b" \r", movement(), b""))
    assert [answer.line for answer in answers] == [2, 4]
    assert answers_of(await post(admission, source)) == []


async def test_a_key_speaks_for_its_establishment_only(admission: Admission) -> None:
    source = await admission.source()
    assert statuses_of(await post(admission, source, movement(establishment=CLINIC), movement())) == [
        403,
        202,
    ]
    reader = await admission.source(scopes=["read"])
    assert (await post(admission, reader, movement())).status_code == 403
    unknown = await admission.client.post("/v1/movements:batch", content=encoded(movement()))
    assert unknown.status_code == 401


async def test_each_line_and_the_whole_have_limits(admission: Admission) -> None:
    source = await admission.source()
    large = movement(unknown_field="x" * 65_536)
    assert statuses_of(await post(admission, source, large, movement())) == [413, 202]
    assert (await post(admission, source, b"\n" * 10_001)).status_code == 413
    too_large = [encoded(movement(unknown_field="x" * 60_000))] * 140
    assert (await post(admission, source, *too_large)).status_code == 413

    async def unannounced() -> Any:
        for line in too_large:
            yield line + b"\n"

    refused = await admission.client.post(
        "/v1/movements:batch", content=unannounced(), headers=bearer(source.secret)
    )
    assert refused.status_code == 413
    assert len(await admission.rows("SELECT FROM submissions")) == 1


async def test_a_line_that_cannot_be_stored_fails_alone(admission: Admission) -> None:
    await admission.service.spine.pool.execute(POISON)
    bodies = [movement() for _ in range(9)]
    bodies.insert(4, movement(source_event_id="poison"))
    response = await post(admission, await admission.source(), *bodies)
    assert statuses_of(response) == [202] * 4 + [500] + [202] * 5
    assert "cannot be stored" not in response.text


async def test_a_client_that_stops_reading_gives_its_place_to_others(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "LINES_PER_COMMIT", 1)
    monkeypatch.setattr(responses, "NEXT_PART_SECONDS", 0.0)
    source = await admission.source()
    lines = b"\n".join(encoded(movement()) for _ in range(3))
    bodies, parts = [lines], list[bytes]()

    async def receive() -> Message:
        if not bodies:
            await asyncio.Event().wait()  # the client stays connected
        return {"type": "http.request", "body": bodies.pop(), "more_body": False}

    async def send(message: Message) -> None:
        parts.append(message.get("body", b""))
        if message.get("body"):
            await asyncio.Event().wait()  # and reads nothing

    headers = [(name.encode(), value.encode()) for name, value in bearer(source.secret).items()]
    scope = {"type": "http", "method": "POST", "path": batches.PATH, "headers": headers, "query_string": b""}
    with pytest.raises(responses.ClientTooSlow):
        await admission.app(scope, receive, send)
    assert admission.service.dependencies.batch_places.taken == 0, "its place is free again"
    assert len(parts) == 2, "the head, and the first part of three"
    assert len(await admission.rows("SELECT FROM submissions")) == 1


@pytest.mark.parametrize("noticed_by", ["the commit", "the gate", "the preparation"])
async def test_what_was_committed_before_the_database_went_away_is_answered(
    open_admission: Open, admission_settings: Settings, monkeypatch: pytest.MonkeyPatch, noticed_by: str
) -> None:
    monkeypatch.setattr(batches, "LINES_PER_COMMIT", 2)
    if noticed_by == "the gate":
        monkeypatch.setattr(gate, "LOOK_AGAIN_SECONDS", 0.0)
    is_going_down = True

    async def once_and_then_down(
        dependencies: Dependencies, batch: Sequence[Submission]
    ) -> Sequence[Flushed]:
        flushed = await commit_submissions(dependencies, batch)
        if is_going_down:
            proxy.go_down()
            if noticed_by == "the preparation":
                dependencies.tolerances.clear()
        return flushed

    async with (
        proxied(admission_settings.database_url) as (proxy, database_url),
        open_admission(settings_for(database_url), commit=once_and_then_down) as admission,
    ):
        source = await admission.source()
        bodies = [movement() for _ in range(6)]
        assert statuses_of(await post(admission, source, *bodies)) == [202, 202, 503, 503, 503, 503]
        proxy.is_down = is_going_down = False
        monkeypatch.undo()
        assert statuses_of(await post(admission, source, *bodies)) == [200, 200, 202, 202, 202, 202]


async def test_without_the_database_the_whole_is_answered_503(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with (
        proxied(admission_settings.database_url) as (proxy, database_url),
        open_admission(settings_for(database_url)) as admission,
    ):
        source = await admission.source()
        assert statuses_of(await post(admission, source, movement())) == [202]
        proxy.go_down()
        refused = await post(admission, source, movement(), movement())
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        mixed = await post(admission, source, b"{}", movement())
        assert statuses_of(mixed) == [422, 503], "a line that says nothing will not say more later"


async def test_a_batch_is_refused_with_503_while_all_places_are_taken(admission: Admission) -> None:
    source = await admission.source()
    places = admission.service.dependencies.batch_places
    others = range(CONCURRENT_BATCHES)
    assert all(places.take(other) for other in others)
    assert (await post(admission, source, movement())).status_code == 503
    places.give_back(0)
    for _ in range(2):
        assert statuses_of(await post(admission, source, movement())) == [202], "a place is given back"


async def test_the_same_batch_at_the_same_time_is_stored_once(admission: Admission) -> None:
    source = await admission.source()
    bodies = [movement() for _ in range(20)]
    responses = await asyncio.gather(*(post(admission, source, *bodies) for _ in range(4)))
    every = [answers_of(response) for response in responses]
    for line in zip(*every, strict=True):
        assert sorted(answer.status for answer in line) == [200, 200, 200, 202]
        assert len({answer.receipt.receipt_id for answer in line if answer.receipt}) == 1


async def test_no_answer_says_who_it_is_about(admission: Admission) -> None:
    response = await post(
        admission, await admission.source(), movement(), movement(action=NAME, unit=NAME * 10)
    )
    assert NAME not in response.text
