"""`POST /v1/movements`: what is answered to what."""

import asyncio
import json
from codecs import BOM_UTF8
from uuid import UUID

from services.admission.domain.submission import content_sha256
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, NAME, encoded, identifier, movement


async def test_a_movement_is_stored_before_it_is_answered(admission: Admission) -> None:
    source = await admission.source()
    body = movement()
    answer = await admission.post(source, body)
    assert answer.status_code == 202
    receipt = answer.json()
    [event] = await admission.rows("SELECT * FROM ledger WHERE event_id = $1", receipt["event_id"])
    assert event["subject"] == UUID(receipt["person_id"])
    assert event["sequence"] == 1
    assert event["type"] == "relais.admission.patient-admitted.v1"
    assert receipt["content_sha256"] == content_sha256(encoded(body)).hex()
    assert receipt["marks"] == []
    assert len(await admission.rows("SELECT FROM outbox WHERE ledger_id = $1", event["id"])) == 1


async def test_the_same_again_gives_the_first_receipt(admission: Admission) -> None:
    source = await admission.source()
    body = movement(unknown_field={"kept": True})
    first = await admission.post(source, body)
    again = await admission.post(source, json.dumps(dict(reversed(body.items())), indent=2).encode())
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert len(await admission.rows("SELECT FROM ledger WHERE event_id = $1", first.json()["event_id"])) == 1


async def test_other_content_under_the_same_id_is_refused_with_both_hashes(admission: Admission) -> None:
    source = await admission.source()
    body = movement()
    other = body | {"unknown_field": 1, "person": {"identifiers": [identifier("never seen")]}}
    first = await admission.post(source, body)
    refused = await admission.post(source, other)
    assert refused.status_code == 409
    assert refused.json()["stored_sha256"] == first.json()["content_sha256"]
    assert refused.json()["given_sha256"] == content_sha256(encoded(other)).hex()
    assert len(await admission.rows("SELECT FROM persons")) == 1, "what is refused leaves nobody behind"


async def test_two_sources_may_use_the_same_id(admission: Admission) -> None:
    one, other = await admission.source(), await admission.source()
    answers = [await admission.post(source, movement(source_event_id="1")) for source in (one, other)]
    assert [answer.status_code for answer in answers] == [202, 202]


async def test_the_same_event_many_times_at_once_is_one_event(admission: Admission) -> None:
    source = await admission.source()
    body = movement()
    other = body | {"unit": "OTHER"}
    answers = await asyncio.gather(
        *(admission.post(source, body) for _ in range(20)), admission.post(source, other)
    )
    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200] * 19 + [202, 409]
    assert len({answer.json()["receipt_id"] for answer in answers[:20]}) == 1
    assert len(await admission.rows("SELECT FROM ledger WHERE type LIKE '%patient%'")) == 1


async def test_a_bad_body_is_refused_with_all_its_mistakes_and_stores_nothing(admission: Admission) -> None:
    answer = await admission.post(await admission.source(), movement(establishment="7", kind="discharge"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/establishment", "/origin"}
    assert await admission.rows("SELECT FROM submissions") == []


async def test_a_field_that_nothing_can_hold_is_refused_not_an_error(admission: Admission) -> None:
    huge = encoded(movement(unknown_field=1)).replace(b'"unknown_field":1', b'"unknown_field":' + b"9" * 5000)
    deep = encoded(movement(unknown_field=1)).replace(
        b'"unknown_field":1', b'"unknown_field":' + b"[" * 5000 + b"]" * 5000
    )
    source = await admission.source()
    for body in (huge, deep):
        assert (await admission.post(source, body)).status_code == 422


async def test_a_refusal_does_not_say_why_the_caller_may_not(admission: Admission) -> None:
    body = encoded(movement())
    unknown = await admission.client.post("/v1/movements", content=body, headers=bearer("relais_unknown"))
    missing = await admission.client.post("/v1/movements", content=body)
    assert unknown.status_code == missing.status_code == 401
    assert "detail" not in unknown.json()
    reader = await admission.source(scopes=["read"])
    assert (await admission.post(reader, movement())).status_code == 403


async def test_a_key_speaks_for_its_establishment_only(admission: Admission) -> None:
    source = await admission.source()
    assert (await admission.post(source, movement(establishment=CLINIC))).status_code == 403
    operator = await admission.source(None, ["intake", "operator"])
    assert (await admission.post(operator, movement(establishment=CLINIC))).status_code == 202


async def test_a_body_over_64_kb_is_refused(admission: Admission) -> None:
    answer = await admission.post(await admission.source(), movement(unknown_field="x" * 65_536))
    assert answer.status_code == 413


async def test_marks_are_in_the_receipt_and_prevent_nothing(admission: Admission) -> None:
    source = await admission.source("750000009", tolerance_seconds=86_400)
    body = movement(
        establishment="750000009", occurred_at="2100-01-01T00:00:00Z", emitted_at="2100-01-01T00:00:00Z"
    )
    answer = await admission.post(source, body)
    assert answer.status_code == 202
    assert answer.json()["marks"] == [
        "future_time",
        "emitted_in_future",
        "implausible_time",
        "finess_key_invalid",
    ]
    again = await admission.post(source, body)
    assert again.json() == answer.json()


async def test_a_detail_that_cannot_be_read_refuses_nothing_and_stays_in_the_receipt(
    admission: Admission,
) -> None:
    source = await admission.source()
    body = movement(unit="", class_of_stay="day hospital")
    body["person"]["traits"]["birth_date"] = "31/12/1941"
    ignored = ["/class_of_stay", "/person/traits/birth_date", "/unit"]
    for status in (202, 200):
        answer = await admission.post(source, body)
        assert answer.status_code == status
        assert (answer.json()["marks"], answer.json()["ignored"]) == (["detail_ignored"], ignored)


async def test_a_byte_order_mark_is_no_part_of_a_body(admission: Admission) -> None:
    source, body = await admission.source(), movement()
    assert (await admission.post(source, BOM_UTF8 + encoded(body))).status_code == 202
    assert (await admission.post(source, body)).status_code == 200


async def test_a_body_is_read_in_the_charset_that_it_declares(admission: Admission) -> None:
    source, body = await admission.source(), movement()
    body["person"]["traits"]["given_names"] = ["Françoise"]
    text = json.dumps(body, ensure_ascii=False)
    for charset, status in (("iso-8859-1", 202), ("utf-8", 200), (None, 422)):
        declared = f"application/json; charset={charset}" if charset else "application/json"
        headers = {**bearer(source.secret), "content-type": declared}
        sent = text.encode(charset or "latin-1")
        answer = await admission.client.post("/v1/movements", content=sent, headers=headers)
        assert answer.status_code == status
    assert "declare iso-8859-1" in answer.json()["detail"]


async def test_no_answer_and_no_event_says_who_it_is_about(admission: Admission) -> None:
    body = movement(identifier("270055512345678"))
    answer = await admission.post(await admission.source(), body)
    problem = await admission.post(await admission.source(), body | {"action": NAME, "unit": NAME * 10})
    for text in (answer.text, problem.text):
        assert NAME not in text
        assert "270055512345678" not in text
