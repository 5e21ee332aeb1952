"""Somebody of either end, or an operator, says that nobody needs to wait any more."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from shared.events.pathway import (
    ExpectationMet,
    ExpectationWithdrawn,
    FurtherExpectationStated,
    RuptureClosed,
)
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes
from tests.integration.pathway.delivery import Delivery
from tests.integration.pathway.readers import reader

pytestmark = pytest.mark.services

SAID = {"author": "Night nurse", "reason": "The family took the person home."}


@pytest.fixture
async def hospital(app: FastAPI, delivery: Delivery) -> AsyncIterator[httpx.AsyncClient]:
    async with reader(app, delivery, HOSPITAL, "read", "intake") as client:
        yield client


@pytest.fixture
async def rehabilitation(app: FastAPI, delivery: Delivery) -> AsyncIterator[httpx.AsyncClient]:
    async with reader(app, delivery, REHABILITATION, "read", "intake") as client:
        yield client


async def _overdue(delivery: Delivery) -> PersonHistory:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    await delivery.deliver(rose.events)
    await delivery.watch(minutes(800))
    return rose


async def _path(delivery: Delivery) -> str:
    row = await delivery.pool.fetchrow("SELECT person_id, expectation_id FROM expectations")
    return f"/v1/persons/{row['person_id']}/expectations/{row['expectation_id']}/closure"


async def test_either_end_closes_it_and_the_rupture_with_a_name_and_a_reason(
    hospital: httpx.AsyncClient, rehabilitation: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = await _overdue(delivery)
    path = await _path(delivery)
    answer = await rehabilitation.post(path, json=SAID)
    assert answer.status_code == 200
    assert answer.json()["reason"] == SAID["reason"]
    assert answer.json()["author"].startswith("Night nurse (key ")
    *_, closed, ended = await delivery.published()
    assert isinstance(closed, RuptureClosed)
    assert isinstance(ended, ExpectationWithdrawn)
    assert (closed.ended_as, ended.ended_as, ended.ended_at) == ("closed", "closed", minutes(800))
    again = await hospital.post(path, json={**SAID, "reason": "another"})
    assert again.json() == answer.json()
    shown = (await hospital.get(f"/v1/persons/{rose.person_id}/pathway")).json()["expectations"][0]
    assert (shown["state"], shown["closure"]["reason"]) == ("closed", SAID["reason"])


async def test_the_words_never_travel(hospital: httpx.AsyncClient, delivery: Delivery) -> None:
    await _overdue(delivery)
    await hospital.post(await _path(delivery), json=SAID)
    rows = await delivery.pool.fetch("SELECT data, trace FROM ledger")
    assert not any(said in str(dict(row)) for row in rows for said in SAID.values())


async def test_a_closure_stays_through_later_facts_and_what_they_show_comes_first(
    hospital: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = await _overdue(delivery)
    await hospital.post(await _path(delivery), json=SAID)
    said = len(await delivery.published())
    await delivery.deliver([rose.transfer("first", at=minutes(500), establishment=HOSPITAL, unit="2101")])
    await delivery.watch(minutes(900))
    assert len(await delivery.published()) == said
    arrival = rose.admit("second", at=minutes(850), establishment=REHABILITATION)
    await delivery.deliver([arrival])
    assert isinstance((await delivery.published())[-1], ExpectationMet)
    assert (await hospital.post(await _path(delivery), json=SAID)).status_code == 200
    await delivery.deliver([rose.cancel(arrival)])
    last = (await delivery.published())[-1]
    assert isinstance(last, ExpectationWithdrawn)
    assert last.ended_as == "closed"


async def test_to_a_stranger_it_does_not_exist_and_an_operator_may_close_it(
    app: FastAPI, delivery: Delivery
) -> None:
    await _overdue(delivery)
    path = await _path(delivery)
    async with reader(app, delivery, NURSING_HOME, "read", "intake") as stranger:
        assert (await stranger.post(path, json=SAID)).status_code == 404
    async with reader(app, delivery, HOSPITAL, "read") as only_reads:
        assert (await only_reads.post(path, json=SAID)).status_code == 403
    async with reader(app, delivery, None, "operator") as operator:
        assert (await operator.post(path, json=SAID)).status_code == 200


async def test_what_ended_otherwise_is_not_closed(hospital: httpx.AsyncClient, delivery: Delivery) -> None:
    rose = await _overdue(delivery)
    await delivery.deliver([rose.admit("second", at=minutes(700), establishment=REHABILITATION)])
    answer = await hospital.post(await _path(delivery), json=SAID)
    assert (answer.status_code, answer.json()["detail"]) == (409, "It is met.")


async def test_a_return_and_a_plan_are_closed_by_the_establishment_and_stay_closed(
    hospital: httpx.AsyncClient, rehabilitation: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.further("leave", "stay", at=minutes(60), expected_at=minutes(600))
    rose.further("planned_discharge", "stay", at=minutes(50), expected_at=minutes(9000))
    await delivery.deliver(rose.events)
    await delivery.watch(minutes(800))
    page = f"/v1/persons/{rose.person_id}/pathway"
    shown = (await hospital.get(page)).json()["further_expectations"]
    assert [each["state"] for each in shown] == ["open", "overdue"]
    for each in shown:
        path = f"/v1/persons/{rose.person_id}/expectations/{each['expectation_id']}/closure"
        assert (await rehabilitation.post(path, json=SAID)).status_code == 404
        answer = await hospital.post(path, json=SAID)
        assert answer.status_code == 200
        assert (await hospital.post(path, json={**SAID, "reason": "another"})).json() == answer.json()
    await delivery.deliver([rose.transfer("stay", at=minutes(500), establishment=HOSPITAL, unit="2101")])
    await delivery.watch(minutes(900))
    of_returns = [each for each in await delivery.published() if isinstance(each, FurtherExpectationStated)]
    assert [each.state for each in of_returns if each.kind == "return"] == ["open", "overdue", "ended"]
    assert of_returns[-1].ended_at == minutes(800)
    shown = (await hospital.get(page)).json()["further_expectations"]
    assert [(each["state"], each["closure"]["reason"]) for each in shown] == [("ended", SAID["reason"])] * 2
    rows = await delivery.pool.fetch("SELECT data, trace FROM ledger")
    assert not any(said in str(dict(row)) for row in rows for said in SAID.values())
    await delivery.deliver([rose.further("return", "stay", at=minutes(850))])
    shown = (await hospital.get(page)).json()["further_expectations"]
    assert [each["state"] for each in shown] == ["ended", "met_late"]
    refused = await hospital.post(path, json=SAID)
    assert (refused.status_code, refused.json()["reason"]) == (200, SAID["reason"])


@pytest.mark.parametrize("wrong", [{"author": "x"}, {"reason": "x"}, {**SAID, "reason": ""}])
async def test_a_closure_without_an_author_or_a_reason_is_refused(
    hospital: httpx.AsyncClient, delivery: Delivery, wrong: dict[str, str]
) -> None:
    await _overdue(delivery)
    assert (await hospital.post(await _path(delivery), json=wrong)).status_code == 422
