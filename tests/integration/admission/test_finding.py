"""What a caller finds again without having kept every id: persons, sources and keys."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from services.admission.handlers.find_person import find_person
from shared.database.pool import Pool
from shared.security.principal import Principal
from tests.integration.admission.houses import House
from tests.integration.admission.running import Admission, bearer
from tests.security.statements import NotingPool
from tests.unit.admission.bodies import AUTHORITY, CLINIC, HOSPITAL, identifier, movement

NUMBER = identifier("2410575123456")


async def find(admission: Admission, headers: dict[str, str], value: str = NUMBER["value"]) -> httpx.Response:
    asked = {"authority": AUTHORITY, "value": value}
    return await admission.client.get("/v1/persons", params=asked, headers=headers)


async def test_a_person_is_found_by_a_number_of_ones_own(admission: Admission) -> None:
    source = await admission.source()
    person_id = (await admission.post(source, movement(NUMBER))).json()["person_id"]
    answer = await find(admission, bearer(source.secret))
    assert answer.json() == {"persons": [{"person_id": person_id}]}
    assert answer.headers["cache-control"] == "no-store"


async def test_another_establishments_person_looks_like_none(admission: Admission) -> None:
    await admission.post(await admission.source(), movement(NUMBER))
    foreign = bearer((await admission.source(CLINIC, ["read"])).secret)
    known, unknown = await find(admission, foreign), await find(admission, foreign, "9" * 13)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.json() == {"persons": []}


async def test_a_person_of_two_establishments_is_found_by_both(admission: Admission) -> None:
    clinic = await admission.source(CLINIC)
    first = await admission.post(await admission.source(), movement(NUMBER))
    await admission.post(clinic, movement(NUMBER, establishment=CLINIC))
    found = (await find(admission, bearer(clinic.secret))).json()
    assert found == {"persons": [{"person_id": first.json()["person_id"]}]}


async def state(house: House, action: str, minute: int, **numbers: Any) -> None:
    stated = {
        "source_event_id": action,
        "establishment": house.finess,
        "emitted_at": f"2026-03-01T10:0{minute}:00+01:00",
    }
    headers = bearer(house.source.secret)
    answer = await house.admission.client.post(
        f"/v1/identities/{action}", json=stated | numbers, headers=headers
    )
    assert answer.status_code == 202, answer.text


async def test_after_a_merge_both_numbers_find_who_remains_and_after_a_separation_each_its_own(
    admission: Admission,
) -> None:
    house = await House.of(admission, HOSPITAL)
    one, other = identifier("1" * 13), identifier("2" * 13)
    persons = [await house.person(one), await house.person(other)]
    headers = bearer(house.source.secret)

    async def found() -> list[str]:
        answers = [(await find(admission, headers, number["value"])).json() for number in (one, other)]
        return [answer["persons"][0]["person_id"] for answer in answers]

    for minute, action, expected in ((1, "merge", [persons[0]] * 2), (2, "unmerge", persons)):
        await state(house, action, minute, surviving=one, merged=other)
        assert await found() == expected


async def test_a_merged_number_of_whom_nothing_was_stated_finds_who_remains(admission: Admission) -> None:
    house = await House.of(admission, HOSPITAL)
    rose, unused = identifier("1" * 13), identifier("2" * 13)
    person = await house.person(rose)
    headers = bearer(house.source.secret)
    await state(house, "merge", 1, surviving=rose, merged=unused)
    assert (await find(admission, headers, unused["value"])).json() == {"persons": [{"person_id": person}]}


async def test_who_cancelled_what_they_stated_finds_nobody_any_more(admission: Admission) -> None:
    await admission.post(await admission.source(), movement(NUMBER))
    clinic = await admission.source(CLINIC)
    stated = movement(NUMBER, establishment=CLINIC)
    await admission.post(clinic, stated)
    cancel = stated | {
        "action": "cancel",
        "source_event_id": "cancel",
        "emitted_at": "2026-11-28T23:00:00+01:00",
    }
    assert (await admission.post(clinic, cancel)).status_code == 202
    assert (await find(admission, bearer(clinic.secret))).json() == {"persons": []}


async def test_a_number_of_anothers_person_is_looked_for_as_one_of_nobody(admission: Admission) -> None:
    await admission.post(await admission.source(), movement(NUMBER))
    stranger = Principal(source_id=UUID(int=1), establishment=CLINIC, scopes=frozenset({"read"}))
    executed = []
    for value in ("8" * 13, NUMBER["value"], "9" * 13):
        noting = NotingPool(admission.service.dependencies.pool)
        dependencies = replace(admission.service.dependencies, pool=cast("Pool", noting))
        assert await find_person(dependencies, authority=AUTHORITY, value=value, reader=stranger) is None
        executed.append(noting.executed)
    _, theirs, nobodys = executed  # the first one asks where the establishment belongs, too
    assert len(theirs) > 0
    assert theirs == nobodys


async def test_only_an_operator_without_an_establishment_finds_everybody(admission: Admission) -> None:
    await admission.post(await admission.source(), movement(NUMBER))
    operator = bearer((await admission.source(None, ["operator", "read"])).secret)
    nobody = bearer((await admission.source(None, ["read"])).secret)
    assert len((await find(admission, operator)).json()["persons"]) == 1
    assert (await find(admission, nobody)).json() == {"persons": []}


@pytest.mark.parametrize("asked", [{}, {"authority": AUTHORITY}, {"authority": "", "value": "1"}])
async def test_a_number_without_its_authority_means_nothing(
    admission: Admission, asked: dict[str, str]
) -> None:
    headers = bearer((await admission.source()).secret)
    assert (await admission.client.get("/v1/persons", params=asked, headers=headers)).status_code == 422


async def pages(admission: Admission, path: str, headers: dict[str, str], limit: int) -> list[Any]:
    """The list, read to its end."""
    found: list[Any] = []
    asked: dict[str, str | int] = {"limit": limit}
    while True:
        answer = await admission.client.get(f"/v1/{path}", params=asked, headers=headers)
        page = answer.json()
        assert len(page[path]) <= limit
        found += page[path]
        if "continuation" not in page:
            return found
        asked["continuation"] = page["continuation"]


@pytest.mark.parametrize("limit", [1, 2, 200])
async def test_an_operator_of_the_platform_lists_every_source_and_key(
    admission: Admission, limit: int
) -> None:
    made = [await admission.source(establishment) for establishment in (HOSPITAL, CLINIC, HOSPITAL)]
    operator = await admission.source(None, ["operator"])
    headers = bearer(operator.secret)
    await admission.client.delete(f"/v1/keys/{made[0].key.key_id}", headers=headers)
    everyone = [*made, operator]
    sources = await pages(admission, "sources", headers, limit)
    assert [source["source_id"] for source in sources] == [str(one.source.source_id) for one in everyone]
    keys = await pages(admission, "keys", headers, limit)
    assert [key["key_id"] for key in keys] == [str(one.key.key_id) for one in everyone]
    assert [key["revoked_at"] is not None for key in keys] == [True, False, False, False]
    assert not [one for one in everyone if one.secret in str(keys) or one.key.key_sha256 in str(keys)]


async def test_an_operator_of_an_establishment_lists_its_own(admission: Admission) -> None:
    await admission.source(CLINIC)
    await admission.source(None, ["read"])
    own = [await admission.source(), await admission.source(HOSPITAL, ["operator"])]
    headers = bearer(own[1].secret)
    sources = await pages(admission, "sources", headers, 50)
    keys = await pages(admission, "keys", headers, 50)
    assert {source["source_id"] for source in sources} == {str(one.source.source_id) for one in own}
    assert {key["key_id"] for key in keys} == {str(one.key.key_id) for one in own}


@pytest.mark.parametrize("path", ["sources", "keys"])
async def test_only_operators_list_who_may_call(admission: Admission, path: str) -> None:
    headers = bearer((await admission.source(HOSPITAL, ["intake", "read"])).secret)
    assert (await admission.client.get(f"/v1/{path}", headers=headers)).status_code == 403


@pytest.mark.parametrize("token", ["no-token", "é", "kqMxMjOjYWJj"])
async def test_a_foreign_token_is_refused(admission: Admission, token: str) -> None:
    headers = bearer((await admission.source(None, ["operator"])).secret)
    answer = await admission.client.get("/v1/keys", params={"continuation": token}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/continuation"
