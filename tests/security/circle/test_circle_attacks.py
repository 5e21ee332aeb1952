"""Whoever states something of a person learns nothing of her family, changes nobody, and hears nothing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from shared.testing.person_history import NURSING_HOME, PersonHistory
from tests.integration.notifications.engine import MORNING
from tests.security.circle.conftest import CARER, Scene

pytestmark = pytest.mark.services

ATTACKER = "750000009"
YESTERDAY = MORNING - timedelta(days=1)
LONG_AGO = datetime(1990, 5, 1, tzinfo=UTC)
DESK = f"circle/professionals/{ATTACKER}"
REQUESTS = (
    ("GET", "circle", None),
    ("GET", "circle/carers/daughter", None),
    ("PUT", "circle/carers/daughter", {**CARER, "alias": "Mallory"}),
    ("DELETE", "circle/carers/daughter", None),
    ("PUT", DESK, {"email": "bureau@attaque.exemple.fr"}),
    ("GET", DESK, None),
    ("GET", "obligations", None),
)


async def _state_discharge_of_1990(scene: Scene) -> None:
    await scene.engine.state(scene.rose.discharge("old", at=LONG_AGO, establishment=ATTACKER))


async def _state_lone_cancel(scene: Scene) -> None:
    admission = scene.rose.admit("never", at=YESTERDAY, establishment=ATTACKER)
    await scene.engine.state(scene.rose.cancel(admission))


async def _admit(scene: Scene, *, establishment: str = ATTACKER, at: datetime = YESTERDAY) -> None:
    await scene.engine.state(scene.rose.admit("theirs", at=at, establishment=establishment))


async def _is_as_for_nobody(scene: Scene) -> None:
    """Every answer is that about a person whom nobody knows; the daughter is as she was."""
    for method, path, body in REQUESTS:
        theirs = await scene.ask(method, path, ATTACKER, body)
        nobodys = await scene.ask(method, path, ATTACKER, body, of=uuid4())
        assert (theirs.status_code, theirs.content) == (404, nobodys.content), path
        assert nobodys.status_code == httpx.codes.NOT_FOUND
    assert await scene.daughters_alias() == "Maman"


async def test_a_lone_cancel_is_no_stay(scene: Scene) -> None:
    await _state_lone_cancel(scene)
    await _is_as_for_nobody(scene)


async def test_a_stay_that_is_cancelled_leaves_nothing_open(scene: Scene) -> None:
    await _admit(scene)
    assert (await scene.ask("GET", "circle", ATTACKER)).status_code == httpx.codes.OK
    await scene.engine.state(scene.rose.cancel(scene.rose.events[-1]))
    await _is_as_for_nobody(scene)


async def test_a_stay_that_was_another_persons_leaves_nothing_open(scene: Scene) -> None:
    await _admit(scene)
    iris = PersonHistory("Iris")
    known = len(scene.rose.events)
    scene.rose.hand_over(scene.rose.events[-1].data.movement_id, iris, reason="moved")  # type: ignore[attr-defined]
    await scene.engine.state(*scene.rose.events[known:], *iris.events)
    await _is_as_for_nobody(scene)


async def test_a_movement_of_1990_shows_that_there_is_a_circle_and_opens_nothing(scene: Scene) -> None:
    await _state_discharge_of_1990(scene)
    seen = (await scene.ask("GET", "circle", ATTACKER)).json()
    assert (seen["number_of_carers"], seen["carers"], seen["professionals"]) == (1, [], [])
    for method, path, body in REQUESTS[1:6]:
        assert (await scene.ask(method, path, ATTACKER, body)).status_code == httpx.codes.NOT_FOUND, path
    assert (await scene.ask("GET", "obligations", ATTACKER)).json()["obligations"] == []
    assert await scene.daughters_alias() == "Maman"


async def test_a_stay_of_ones_own_neither_shows_nor_replaces_whom_others_declared(scene: Scene) -> None:
    await _admit(scene)
    assert (await scene.ask("GET", "circle/carers/daughter", ATTACKER)).status_code == httpx.codes.NOT_FOUND
    mallory = await scene.ask("PUT", "circle/carers/daughter", ATTACKER, {**CARER, "alias": "Mallory"})
    assert (mallory.status_code, mallory.json()["declared_by"]) == (201, ATTACKER)
    assert await scene.daughters_alias() == "Maman"
    seen = (await scene.ask("GET", "circle", ATTACKER)).json()
    assert [carer["alias"] for carer in seen["carers"]] == ["Mallory"]
    assert seen["number_of_carers"] == len(CARER["channels"]) + 1
    assert (await scene.ask("DELETE", "circle/carers/daughter", ATTACKER)).status_code == 204
    assert await scene.daughters_alias() == "Maman"


async def test_what_was_declared_of_the_wrong_person_can_be_taken_back_after_the_cancel(scene: Scene) -> None:
    await _admit(scene)
    await scene.ask("PUT", "circle/carers/son", ATTACKER, CARER)
    await scene.engine.state(scene.rose.cancel(scene.rose.events[-1]))
    assert (await scene.ask("DELETE", "circle/carers/son", ATTACKER)).status_code == 204
    await _is_as_for_nobody(scene)


async def test_of_obligations_one_sees_those_about_ones_own_facts_and_ones_own_members(scene: Scene) -> None:
    await _admit(scene, establishment=NURSING_HOME, at=MORNING - timedelta(minutes=30))
    mine = (await scene.ask("GET", "obligations", NURSING_HOME)).json()["obligations"]
    all_ = (await scene.ask("GET", "obligations", "operator")).json()["obligations"]
    assert {each["event_id"] for each in mine} == {str(scene.rose.events[-1].event_id)}
    assert len(all_) > len(mine)
    [theirs] = [each for each in all_ if each not in mine]
    path = f"obligations/{theirs['obligation_id']}/handle"
    refused = await scene.ask("POST", path, NURSING_HOME, {"by": "Mallory"})
    assert refused.status_code == httpx.codes.NOT_FOUND


async def test_an_operator_of_the_platform_sees_that_there_is_a_circle_and_declares_nobody(
    scene: Scene,
) -> None:
    seen = (await scene.ask("GET", "circle", "operator")).json()
    assert (seen["number_of_carers"], seen["carers"]) == (1, [])
    for method in ("GET", "DELETE"):
        assert (await scene.ask(method, "circle/carers/daughter", "operator")).status_code == 404
    assert (await scene.ask("PUT", "circle/carers/son", "operator", CARER)).status_code == 404


async def test_whoever_broke_the_glass_sees_and_changes_all_and_only_meanwhile(scene: Scene) -> None:
    async with scene.engine.broken_glass(scene.rose.person_id, by=ATTACKER):
        seen = (await scene.ask("GET", "circle", ATTACKER)).json()
        assert [carer["alias"] for carer in seen["carers"]] == ["Maman"]
        changed = await scene.ask("PUT", "circle/carers/daughter", ATTACKER, {**CARER, "alias": "Mimi"})
        assert changed.status_code == httpx.codes.OK
    assert await scene.daughters_alias() == "Mimi"
    assert (await scene.ask("GET", "circle", ATTACKER)).status_code == httpx.codes.NOT_FOUND


async def test_whoever_broke_the_glass_declares_nobody_who_would_outlive_it(scene: Scene) -> None:
    async with scene.engine.broken_glass(scene.rose.person_id, by=ATTACKER):
        assert (await scene.ask("PUT", "circle/carers/mine", ATTACKER, CARER)).status_code == 404
        assert (await scene.ask("PUT", DESK, ATTACKER, {"email": "a@b.fr"})).status_code == 404
        seen = (await scene.ask("GET", "circle", ATTACKER)).json()
        assert (seen["number_of_carers"], seen["number_of_professionals"]) == (1, 0)


@pytest.mark.parametrize("basis", ["team", "network"])
async def test_a_team_or_a_network_shows_that_there_is_a_circle_and_nobody_in_it(
    scene: Scene, basis: str
) -> None:
    subject = scene.rose.person_id if basis == "team" else UUID(int=8)
    await scene.engine.pool.execute(
        "INSERT INTO relations VALUES ($1, $1, 1, $2, $3, $4, $5, NULL, false)",
        subject,
        basis,
        [ATTACKER],
        [scene.rose.events[0].data.establishment],  # type: ignore[attr-defined]
        YESTERDAY,
    )
    seen = (await scene.ask("GET", "circle", ATTACKER)).json()
    assert (seen["number_of_carers"], seen["carers"]) == (1, [])
    assert (await scene.ask("GET", "circle/carers/daughter", ATTACKER)).status_code == 404
    assert (await scene.ask("PUT", DESK, ATTACKER, {"email": "a@b.fr"})).status_code == 404
    assert len((await scene.ask("GET", "obligations", ATTACKER)).json()["obligations"]) == 1
