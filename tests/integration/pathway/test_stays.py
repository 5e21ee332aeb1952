"""Who is in one's own establishment: every stay in progress there, page by page, and nobody else's."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes
from tests.integration.pathway.delivery import Delivery
from tests.integration.pathway.readers import reader

pytestmark = pytest.mark.services


def person(name: str, establishment: str = HOSPITAL) -> PersonHistory:
    history = PersonHistory(name)
    history.admit(f"stay of {name}", at=minutes(0), establishment=establishment, unit="2101")
    return history


async def listed(client: httpx.AsyncClient, limit: int = 50) -> list[dict[str, Any]]:
    """The list, read to its end."""
    found: list[dict[str, Any]] = []
    asked: dict[str, str | int] = {"status": "in_progress", "limit": limit}
    while True:
        answer = await client.get("/v1/stays", params=asked)
        assert answer.status_code == 200
        page = answer.json()
        found += page["stays"]
        if "continuation" not in page:
            return found
        asked["continuation"] = page["continuation"]


def persons(stays: list[dict[str, Any]]) -> list[str]:
    return [stay["person_id"] for stay in stays]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_everyone_who_is_there_is_listed_once(app: FastAPI, delivery: Delivery, limit: int) -> None:
    there = [person(name) for name in ("Rose", "Paul", "Anne")]
    elsewhere = person("Jean", NURSING_HOME)
    await delivery.deliver([event for each in (*there, elsewhere) for event in each.events])
    async with reader(app, delivery, HOSPITAL, "read") as hospital:
        stays = await listed(hospital, limit)
    assert sorted(persons(stays)) == sorted(str(each.person_id) for each in there)
    assert {(stay["status"], stay["establishment"], stay["unit"]) for stay in stays} == {
        ("in_progress", HOSPITAL, "2101")
    }


async def test_a_foreign_establishment_sees_an_empty_list(app: FastAPI, delivery: Delivery) -> None:
    await delivery.deliver(person("Rose").events)
    async with reader(app, delivery, NURSING_HOME, "read") as foreign:
        assert await listed(foreign) == []


async def test_a_key_of_several_sites_lists_and_sees_those_of_all(app: FastAPI, delivery: Delivery) -> None:
    rose, paul, anne = person("Rose"), person("Paul", REHABILITATION), person("Anne", NURSING_HOME)
    await delivery.deliver([event for each in (rose, paul, anne) for event in each.events])
    async with reader(app, delivery, HOSPITAL, "read", sites=(REHABILITATION,)) as both:
        stays = await listed(both)
        seen = [await both.get(f"/v1/persons/{each.person_id}/pathway") for each in (rose, paul, anne)]
    assert sorted(persons(stays)) == sorted(str(each.person_id) for each in (rose, paul))
    assert [answer.status_code for answer in seen] == [200, 200, 404]


async def test_who_leaves_or_never_came_is_no_longer_listed(app: FastAPI, delivery: Delivery) -> None:
    left, moved, cancelled = person("Rose"), person("Paul"), person("Anne")
    async with reader(app, delivery, HOSPITAL, "read") as hospital:
        await delivery.deliver([*left.events, *moved.events, *cancelled.events])
        assert len(await listed(hospital)) == 3
        delivery.now = minutes(91)
        departure = left.discharge("stay of Rose", at=minutes(60))
        moved.discharge("stay of Paul", at=minutes(60), to=REHABILITATION)
        moved.admit("second", at=minutes(90), establishment=REHABILITATION)
        cancelled.cancel(cancelled.events[0])
        await delivery.deliver([*left.events[1:], *moved.events[1:], *cancelled.events[1:]])
        assert await listed(hospital) == []
        left.cancel(departure)
        await delivery.deliver(left.events[2:])
        assert persons(await listed(hospital)) == [str(left.person_id)]
    async with reader(app, delivery, REHABILITATION, "read") as rehabilitation:
        assert persons(await listed(rehabilitation)) == [str(moved.person_id)]


async def test_who_leaves_tomorrow_is_there_until_then(app: FastAPI, delivery: Delivery) -> None:
    rose = person("Rose")
    rose.discharge("stay of Rose", at=minutes(1440), to=REHABILITATION, emitted=minutes(5))
    delivery.now = minutes(6)
    await delivery.deliver(rose.events)
    async with reader(app, delivery, HOSPITAL, "read") as hospital:
        assert persons(await listed(hospital)) == [str(rose.person_id)]
        assert await delivery.published() == []
        await delivery.watch(minutes(1430))
        assert persons(await listed(hospital)) == [str(rose.person_id)]
        await delivery.watch(minutes(1440))
        assert await listed(hospital) == []
    assert [type(payload).__name__ for payload in await delivery.published()] == ["ExpectationOpened"]
    await delivery.watch(minutes(1600))
    assert [type(payload).__name__ for payload in await delivery.published()][1:] == ["RuptureOpened"]


async def test_an_operator_has_no_establishment_of_its_own(app: FastAPI, delivery: Delivery) -> None:
    async with reader(app, delivery, None, "operator", "read") as operator:
        assert (await operator.get("/v1/stays")).status_code == 403


@pytest.mark.parametrize("wrong", [{"status": "finished"}, {"limit": "0"}, {"continuation": "x"}])
async def test_a_wrong_question_is_refused_where_it_is_wrong(
    app: FastAPI, delivery: Delivery, wrong: dict[str, str]
) -> None:
    async with reader(app, delivery, HOSPITAL, "read") as hospital:
        answer = await hospital.get("/v1/stays", params=wrong)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/query/{name}" for name in wrong]
