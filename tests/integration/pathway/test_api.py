"""The API tells each reader what that reader may know, and nothing else."""

from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from msgspec.structs import asdict

from services.pathway.domain.rules import RULES
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.read_pathway import read_pathway
from shared.database.pool import Pool
from shared.events.admission import PatientTransferred
from shared.security.principal import Principal
from shared.testing.person_history import (
    HOSPITAL,
    NURSING_HOME,
    REHABILITATION,
    PersonHistory,
    minutes,
    movement_of,
)
from tests.integration.pathway.delivery import Delivery
from tests.integration.pathway.readers import reader
from tests.security.statements import NotingPool

pytestmark = pytest.mark.services


@pytest.fixture
async def hospital(app: FastAPI, delivery: Delivery) -> AsyncIterator[httpx.AsyncClient]:
    async with reader(app, delivery, HOSPITAL, "read", "intake") as client:
        yield client


@pytest.fixture
async def nursing_home(app: FastAPI, delivery: Delivery) -> AsyncIterator[httpx.AsyncClient]:
    async with reader(app, delivery, NURSING_HOME, "read", "intake") as client:
        yield client


def _path(person: PersonHistory) -> str:
    return f"/v1/persons/{person.person_id}/pathway"


async def test_the_pathway_shows_movements_stays_and_what_is_expected(
    hospital: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL, unit="2101")
    rose.discharge("first", at=minutes(600), establishment=HOSPITAL, to=REHABILITATION)
    rose.update(rose.events[0], emitted=minutes(20), unit="2102")
    delivery.now = minutes(601)
    await delivery.deliver(rose.events)
    shown = (await hospital.get(_path(rose))).json()
    assert [movement["kind"] for movement in shown["movements"]] == ["discharge", "admission"]
    admission = shown["movements"][1]
    assert (admission["unit"], admission["corrected"]) == ("2102", True)
    assert {"occurred_at", "emitted_at", "recorded_at", "stay_id", "establishment"} <= set(admission)
    assert [stay["status"] for stay in shown["stays"]] == ["finished"]
    assert [each["state"] for each in shown["expectations"]] == ["open"]
    delivery.now = minutes(721)  # nothing is raised before the watch has judged
    assert (await hospital.get(_path(rose))).json()["expectations"][0]["state"] == "open"
    await delivery.watch(minutes(721))
    assert (await hospital.get(_path(rose))).json()["expectations"][0]["state"] == "overdue"


async def test_to_a_stranger_another_establishments_person_does_not_exist(
    nursing_home: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    await delivery.deliver(rose.events)
    theirs = await nursing_home.get(_path(rose))
    nobody = await nursing_home.get(_path(PersonHistory("nobody")))
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.content == nobody.content


async def test_a_person_of_others_is_looked_for_as_nobody_is(delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    await delivery.deliver(rose.events)
    stranger = Principal(source_id=UUID(int=1), establishment=NURSING_HOME, scopes=frozenset({"read"}))
    executed = []
    for person_id in (rose.person_id, PersonHistory("nobody").person_id):
        noting = NotingPool(delivery.pool)
        dependencies = Dependencies(pool=cast("Pool", noting), clock=delivery.clock, rules=RULES)
        assert await read_pathway(dependencies, person_id, principal=stranger) is None
        executed.append(noting.executed)
    theirs, nobodys = executed
    assert len(theirs) == 2
    assert theirs == nobodys


async def test_an_establishment_reads_the_stays_that_it_stated_and_no_others(
    nursing_home: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    rose.cancel(rose.admit("second", at=minutes(60), establishment=NURSING_HOME))
    rose.admit("third", at=minutes(90), establishment=NURSING_HOME)
    delivery.now = minutes(200)
    await delivery.deliver(rose.events)
    shown = (await nursing_home.get(_path(rose))).json()
    assert {movement["establishment"] for movement in shown["movements"]} == {NURSING_HOME}
    assert [(stay["status"], "marks" in stay) for stay in shown["stays"]] == [
        ("cancelled", False),
        ("in_progress", False),
    ]


async def test_an_operator_bound_to_no_establishment_reads_everyone(app: FastAPI, delivery: Delivery) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0), establishment=HOSPITAL)
    await delivery.deliver(rose.events)
    async with reader(app, delivery, None, "operator", "read") as operator:
        assert (await operator.get(_path(rose))).status_code == 200


async def test_pages_follow_the_token_and_only_the_first_sums_up(
    hospital: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = PersonHistory()
    rose.admit("first", at=minutes(0))
    for number in range(4):
        rose.transfer("first", at=minutes(10 + number))
    await delivery.deliver(rose.events)
    first = (await hospital.get(_path(rose), params={"limit": 3})).json()
    second = await hospital.get(_path(rose), params={"limit": 3, "continuation": first["continuation"]})
    assert [len(page["movements"]) for page in (first, second.json())] == [3, 2]
    assert "stays" in first
    assert second.json().keys() == {"person_id", "movements"}


@pytest.mark.parametrize(
    "wrong",
    [{"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"continuation": "x"}, {"continuation": "é" * 8}],
)
async def test_a_wrong_page_is_refused_where_it_is_wrong(
    hospital: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    answer = await hospital.get(_path(PersonHistory()), params=wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (name,) = wrong
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/query/{name}"]


async def test_the_outcome_of_an_event_says_what_it_lacks_of_its_effect(
    hospital: httpx.AsyncClient, delivery: Delivery
) -> None:
    delivery.now = minutes(601)
    rose = PersonHistory()
    admission = rose.admit("first", at=minutes(0), establishment=HOSPITAL, emitted=minutes(10))
    older = rose.update(admission, emitted=minutes(5), unit="2102")
    rose.cancel(admission, emitted=minutes(20))
    again = rose.repeat(admission, emitted=minutes(15))
    rose.admit("second", at=minutes(30), establishment=HOSPITAL, emitted=minutes(30))
    await delivery.deliver(rose.events)
    outcomes = [
        (await hospital.get(f"/v1/events/{event.event_id}/outcome")).json()["marks"] for event in rose.events
    ]
    assert outcomes == [[], ["outdated"], [], ["cancelled_already"], []]
    shown = (await hospital.get(f"/v1/persons/{rose.person_id}/pathway")).json()["movements"]
    assert [movement.get("marks") for movement in shown] == [None, ["cancelled_already", "outdated"]]
    assert {older.event_id, again.event_id} <= {event.event_id for event in rose.events}


async def test_the_outcome_of_an_event_shows_its_marks_until_late_facts_explain_it(
    hospital: httpx.AsyncClient, nursing_home: httpx.AsyncClient, delivery: Delivery
) -> None:
    delivery.now = minutes(601)
    rose = PersonHistory()
    discharge = rose.discharge("first", at=minutes(600), establishment=HOSPITAL)
    path = f"/v1/events/{discharge.event_id}/outcome"
    assert (await hospital.get(path)).json() == {"state": "pending", "marks": []}
    await delivery.deliver([discharge])
    assert (await hospital.get(path)).json() == {"state": "applied", "marks": ["unknown_stay"]}
    assert (await nursing_home.get(path)).json() == {"state": "pending", "marks": []}
    await delivery.deliver([rose.admit("first", at=minutes(0), establishment=HOSPITAL)])
    assert (await hospital.get(path)).json() == {"state": "applied", "marks": []}


async def test_a_parked_event_is_shown_to_the_establishment_that_stated_it(
    hospital: httpx.AsyncClient, nursing_home: httpx.AsyncClient, delivery: Delivery
) -> None:
    rose = PersonHistory()
    admission = movement_of(PersonHistory("other").admit("first", at=minutes(0), establishment=HOSPITAL))
    wrong = rose.record(PatientTransferred(**asdict(admission)))
    await delivery.deliver([wrong])
    path = f"/v1/events/{wrong.event_id}/outcome"
    assert (await hospital.get(path)).json()["state"] == "parked"
    assert (await nursing_home.get(path)).json() == {"state": "pending", "marks": []}


async def test_a_service_reads_the_outcomes_of_many_events_at_once_and_nobody_else(
    app: FastAPI, hospital: httpx.AsyncClient, delivery: Delivery
) -> None:
    delivery.now = minutes(601)
    rose = PersonHistory()
    applied = rose.discharge("first", at=minutes(600), establishment=HOSPITAL)
    other = movement_of(PersonHistory("other").admit("first", at=minutes(0), establishment=HOSPITAL))
    parked = rose.record(PatientTransferred(**asdict(other)))
    await delivery.deliver([applied, parked])
    unseen = str(uuid4())
    asked = {"event_ids": [str(applied.event_id), str(parked.event_id), unseen]}
    async with reader(app, delivery, None, "ledger") as service:
        outcomes = (await service.post("/v1/events/outcomes", json=asked)).json()["outcomes"]
        several = [{"event_ids": given} for given in ([], [unseen] * 101, ["none"])]
        bad = [(await service.post("/v1/events/outcomes", json=each)).status_code for each in several]
    alone = (await hospital.get(f"/v1/events/{parked.event_id}/outcome")).json()
    assert outcomes == {
        str(applied.event_id): {"state": "applied", "marks": ["unknown_stay"]},
        str(parked.event_id): alone,
        unseen: {"state": "pending", "marks": []},
    }
    assert alone["problem"]
    assert (await hospital.post("/v1/events/outcomes", json=asked)).status_code == 403
    assert bad == [422] * 3


async def test_an_event_that_is_no_movement_belongs_to_no_establishment(
    hospital: httpx.AsyncClient, delivery: Delivery
) -> None:
    event_id = await delivery.pool.fetchval("SELECT event_id FROM inbox LIMIT 1")
    assert (await hospital.get(f"/v1/events/{event_id}/outcome")).json()["state"] == "pending"


@pytest.mark.parametrize("path", [f"/v1/persons/{UUID(int=1)}/pathway", f"/v1/events/{UUID(int=1)}/outcome"])
async def test_nothing_is_answered_without_a_key_or_its_scope(
    app: FastAPI, delivery: Delivery, path: str
) -> None:
    async with reader(app, delivery, HOSPITAL, "circle") as client:
        assert (await client.get(path)).status_code == 403
        client.headers["authorization"] = "Bearer unknown"
        assert (await client.get(path)).status_code == 401
        del client.headers["authorization"]
        assert (await client.get(path)).status_code == 401
