"""The API answers each reader what that reader may know."""

import csv
import io

import httpx
import pytest

from services.indicators.domain.definitions import NAMES
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, id_of
from tests.integration.indicators.conftest import GrantKey
from tests.integration.indicators.delivery import Delivery
from tests.unit.indicators.stated_facts import march

pytestmark = pytest.mark.services

OCCUPANCY = "/v1/indicators/occupancy"
MARCH = {"from": "2026-03-01", "to": "2026-03-05"}


@pytest.fixture
async def admitted(delivery: Delivery) -> PersonHistory:
    """Rose is in the hospital from the second to the fourth."""
    history = PersonHistory("Rose")
    history.admit("stay", at=march(2))
    history.discharge("stay", at=march(4))
    await delivery.deliver(history.events)
    return history


async def test_every_definition_is_served_in_both_languages(
    client: httpx.AsyncClient, grant_key: GrantKey
) -> None:
    answer = await client.get("/v1/indicators", headers=await grant_key("read", establishment=HOSPITAL))
    assert answer.status_code == 200
    served = answer.json()["indicators"]
    assert [definition["name"] for definition in served] == list(NAMES)
    assert all(definition["limits"]["fr"] and definition["limits"]["en"] for definition in served)


async def test_values_come_with_their_days_and_their_completeness(
    client: httpx.AsyncClient, grant_key: GrantKey, admitted: PersonHistory
) -> None:
    key = await grant_key("read", establishment=HOSPITAL)
    answer = await client.get(OCCUPANCY, params=MARCH, headers=key)
    assert answer.status_code == 200
    body = answer.json()
    assert [day["value"] for day in body["days"]] == [None, 1.0, 1.0, 0.0, 0.0]
    assert (body["from"], body["to"]) == (MARCH["from"], MARCH["to"])
    assert (body["establishment"], body["unit"], body["whole"]["value"]) == (HOSPITAL, "persons", 0.5)
    newest = max(event.recorded_at for event in admitted.events).isoformat().replace("+00:00", "Z")
    assert body["completeness"] == {
        "events": 2,
        "newest_recorded_at": newest,
        "earliest_at": "2026-03-02T12:00:00Z",
        "holes": 0,
        "parked": 0,
    }


@pytest.mark.parametrize(("headers", "parameters"), [({"accept": "text/csv"}, {}), ({}, {"format": "csv"})])
async def test_days_come_as_a_spreadsheet_when_asked_for(
    client: httpx.AsyncClient,
    grant_key: GrantKey,
    admitted: PersonHistory,
    headers: dict[str, str],
    parameters: dict[str, str],
) -> None:
    key = await grant_key("read", establishment=HOSPITAL)
    answer = await client.get(OCCUPANCY, params=MARCH | parameters, headers=key | headers)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"))))
    assert [row["date"] for row in rows] == [f"2026-03-0{day}" for day in range(1, 6)]
    assert [row["value"] for row in rows] == ["", "1.0", "1.0", "0.0", "0.0"]
    assert {row["establishment"] for row in rows} == {HOSPITAL}


async def test_values_are_as_known_at_the_moment_asked_for(
    client: httpx.AsyncClient, grant_key: GrantKey, admitted: PersonHistory
) -> None:
    key = await grant_key("read", establishment=HOSPITAL)
    then = MARCH | {"as_of": "2026-03-03T13:00:00+01:00"}
    for url in (httpx.URL(OCCUPANCY, params=then), f"{OCCUPANCY}?{'&'.join(map('='.join, then.items()))}"):
        body = (await client.get(url, headers=key)).json()
        assert [day["value"] for day in body["days"]] == [None, 1.0, 1.0, None, None]
        assert [day["provisional"] for day in body["days"]] == [False, False, True, True, True]


async def test_everything_that_is_wrong_with_the_parameters_is_named_at_once(
    client: httpx.AsyncClient, grant_key: GrantKey
) -> None:
    key = await grant_key("read", "operator")
    wrong = {"from": "1.3.2026", "to": "9999-12-31", "as_of": "2026-03-01", "format": "xls"}
    answer = await client.get(OCCUPANCY, params=wrong, headers=key)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/query/establishment",
        "/query/from",
        "/query/to",
        "/query/as_of",
        "/query/format",
    }


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, "/query/to"),
        ({"from": "2025-03-01", "to": "2026-03-02"}, "/query/to"),
        (MARCH | {"as_of": "2026-04-01T00:00:00Z"}, "/query/as_of"),
        (MARCH | {"establishment": "33000000é"}, "/query/establishment"),
        (MARCH | {"establishment": ""}, "/query/establishment"),
    ],
)
async def test_one_wrong_parameter_is_refused(
    client: httpx.AsyncClient, grant_key: GrantKey, parameters: dict[str, str], pointer: str
) -> None:
    key = await grant_key("read", establishment=HOSPITAL)
    answer = await client.get(OCCUPANCY, params=parameters, headers=key)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_another_establishment_is_as_unknown_as_one_that_does_not_exist(
    client: httpx.AsyncClient, grant_key: GrantKey, admitted: PersonHistory
) -> None:
    neighbour = await grant_key("read", establishment=REHABILITATION)
    operator = await grant_key("read", "operator")
    hospital, nowhere = MARCH | {"establishment": HOSPITAL}, MARCH | {"establishment": "990000009"}
    refused = [
        await client.get(OCCUPANCY, params=hospital, headers=neighbour),
        await client.get(OCCUPANCY, params=nowhere, headers=neighbour),
        await client.get(OCCUPANCY, params=nowhere, headers=operator),
        await client.get("/v1/indicators/mood", params=hospital, headers=operator),
    ]
    assert {(answer.status_code, answer.text) for answer in refused} == {(404, refused[0].text)}
    assert (await client.get(OCCUPANCY, params=hospital, headers=operator)).status_code == 200
    assert (await client.get(OCCUPANCY, params=MARCH, headers=neighbour)).status_code == 200


async def test_a_key_and_its_scope_are_needed(client: httpx.AsyncClient, grant_key: GrantKey) -> None:
    intake = await grant_key("intake", establishment=HOSPITAL)
    assert (await client.get("/v1/indicators")).status_code == 401
    assert (await client.get(OCCUPANCY, params=MARCH, headers=intake)).status_code == 403
    assert (await client.get("/ready")).status_code == 200


async def test_the_outcome_of_an_event_is_shown_to_its_establishment(
    client: httpx.AsyncClient, grant_key: GrantKey, admitted: PersonHistory, delivery: Delivery
) -> None:
    own = await grant_key("intake", establishment=HOSPITAL)
    neighbour = await grant_key("read", establishment=REHABILITATION)
    applied = f"/v1/events/{admitted.events[0].event_id}/outcome"
    admitted.admit("second", at=march(6))
    await delivery.deliver(admitted.events[2:], wrong=[0])
    parked = f"/v1/events/{admitted.events[2].event_id}/outcome"
    pending = f"/v1/events/{id_of('event', 'nobody', 1)}/outcome"
    for url, state in ((applied, "applied"), (parked, "parked"), (pending, "pending")):
        answer = await client.get(url, headers=own)
        assert (answer.status_code, answer.json()["state"]) == (200, state)
        assert ("problem" in answer.json()) is (state == "parked")
    granted = f"/v1/events/{id_of('granted', 1)}/outcome"
    for url, headers in ((applied, neighbour), (parked, neighbour), (granted, own)):
        assert (await client.get(url, headers=headers)).json() == {"state": "pending"}
    operator = await grant_key("read", "operator")
    assert (await client.get(granted, headers=operator)).json() == {"state": "applied"}
    assert (await client.get("/v1/events/none/outcome", headers=own)).status_code == 422
