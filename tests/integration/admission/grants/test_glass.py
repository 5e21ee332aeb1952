"""Whoever breaks the glass sees everything for an hour, and is seen; an operator states networks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from prometheus_client import REGISTRY

from tests.integration.admission.grants.published import moment, published
from tests.integration.admission.houses import INS, House
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier

SAMU = "940000011"
REASON = "Found unconscious, next of kin unknown"
COUNTED = ("relais_glasses_broken_total", {"result": "broken"})
NETWORK = {
    "name": "Filière du Val",
    "controller": "940000037",
    "purpose": "Coordination of stays",
    "establishments": [CLINIC, HOSPITAL],
}


async def key(admission: Admission, establishment: str | None, scope: Any) -> dict[str, str]:
    return bearer((await admission.source(establishment, [scope])).secret)


async def break_it(admission: Admission, person: dict[str, str]) -> httpx.Response:
    body = {"person": person, "by": "Dr Roux", "reason": REASON}
    headers = await key(admission, SAMU, "read")
    return await admission.client.post("/v1/broken-glasses", json=body, headers=headers)


async def seen_by(admission: Admission, establishment: str | None) -> list[dict[str, Any]]:
    scopes: list[Any] = ["privacy"] if establishment else ["privacy", "operator"]
    headers = bearer((await admission.source(establishment, scopes)).secret)
    answer = await admission.client.get("/v1/broken-glasses", headers=headers)
    assert answer.status_code == 200
    broken: list[dict[str, Any]] = answer.json()["broken"]
    return broken


@pytest.fixture
async def rose(admission: Admission) -> dict[str, str]:
    """Known to the hospital by a qualified INS."""
    await (await House.of(admission, HOSPITAL)).person(INS)
    return INS


async def test_a_broken_glass_shows_everything_for_an_hour(
    admission: Admission, rose: dict[str, str]
) -> None:
    before = REGISTRY.get_sample_value(*COUNTED) or 0
    answer = await break_it(admission, rose)
    assert answer.status_code == 201, answer.text
    [(subject, granted)] = await published(admission)
    assert (str(subject), granted.grant_id) == (answer.json()["person_id"], granted.grant_id)
    shown = answer.json()
    assert moment(shown["ends_at"]) - moment(shown["begins_at"]) == timedelta(hours=1)
    assert REGISTRY.get_sample_value(*COUNTED) == before + 1


async def test_the_officer_of_who_broke_it_sees_why_that_of_who_is_seen_sees_that_it_was(
    admission: Admission, rose: dict[str, str]
) -> None:
    await break_it(admission, rose)
    [own] = await seen_by(admission, SAMU)
    assert (own["by"], own["reason"], own["establishment"]) == ("Dr Roux", REASON, SAMU)
    for concerned in (HOSPITAL, None):
        [theirs] = await seen_by(admission, concerned)
        assert (theirs["establishment"], theirs["by"], theirs["reason"]) == (SAMU, None, None)
    assert await seen_by(admission, CLINIC) == []
    stored = str(await admission.rows("SELECT t::text FROM ledger t")) + str(
        await admission.rows("SELECT t::text FROM grants t")
    )
    assert not any(secret in stored or secret.encode().hex() in stored for secret in (REASON, "Dr Roux"))


async def test_no_glass_is_broken_for_nobody_nor_by_nobodys_key(
    admission: Admission, rose: dict[str, str]
) -> None:
    nobody = await break_it(admission, identifier("IPP-nobody", "ipp"))
    assert nobody.status_code == 404
    body = {"person": rose, "by": "Operator", "reason": REASON}
    for establishment, scope in ((None, "operator"), (SAMU, "intake")):
        headers = await key(admission, establishment, scope)
        answer = await admission.client.post("/v1/broken-glasses", json=body, headers=headers)
        assert answer.status_code == 403
    assert await published(admission) == []


async def test_a_network_is_stated_by_the_platforms_operator_and_ended(admission: Admission) -> None:
    url, operator = f"/v1/networks/{uuid4()}", await key(admission, None, "operator")
    own = await key(admission, HOSPITAL, "operator")
    assert (await admission.client.put(url, json=NETWORK, headers=own)).status_code == 403
    for _ in range(2):
        assert (await admission.client.put(url, json=NETWORK, headers=operator)).status_code == 204
    grants = [granted for _, granted in await published(admission)]
    assert [granted.revision for granted in grants] == [1, 2]
    [listed] = (await admission.client.get("/v1/networks", headers=operator)).json()["networks"]
    assert (listed["name"], listed["shown"]) == (NETWORK["name"], sorted([CLINIC, HOSPITAL]))
    ended = await admission.client.delete(f"/v1/grants/{listed['network_id']}", headers=operator)
    assert ended.status_code == 204
    assert [granted.revision for _, granted in await published(admission)] == [1, 2, 3]


async def test_a_network_does_not_take_the_id_of_a_grant_about_a_person(admission: Admission) -> None:
    await (await House.of(admission, HOSPITAL)).person(INS)
    broken = await break_it(admission, INS)
    url, operator = f"/v1/networks/{broken.json()['grant_id']}", await key(admission, None, "operator")
    assert (await admission.client.put(url, json=NETWORK, headers=operator)).status_code == 409
    assert len(await published(admission)) == 1
