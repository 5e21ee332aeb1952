"""A move is of its stays and movements, whether they come before it or after it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.admission.houses import House
from tests.integration.admission.identities.test_statements import IRIS, LILY, ROSE, owners, state
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import HOSPITAL, movement

_OF_ROSE = {"identifiers": [ROSE]}


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


@pytest.mark.parametrize("order", [(3, 0, 1, 2), (0, 3, 1, 2), (2, 1, 3, 0), (0, 1, 2, 3)])
async def test_a_move_is_of_what_it_names_in_any_order(
    admission: Admission, hospital: House, order: tuple[int, ...]
) -> None:
    iris, rose = await hospital.person(IRIS), await hospital.person(ROSE)
    bodies = [
        movement(person=_OF_ROSE, stay_id=stay, movement_id=number)
        for stay, number in (("s", "m-1"), ("s", "m-2"), ("other", "m-3"))
    ]
    for place in order:
        if place < len(bodies):
            await admission.post(hospital.source, bodies[place])
        else:
            await state(hospital, "move", to=IRIS, former=ROSE, stay_ids=["s"], movement_ids=["m-3"])
    assert await owners(admission) == sorted([rose, *[iris] * 4])


async def test_what_is_emitted_after_a_move_is_of_whom_it_names(
    admission: Admission, hospital: House
) -> None:
    iris = await hospital.person(IRIS)
    await state(hospital, "move", to=IRIS, former=ROSE, stay_ids=["s"], movement_ids=["m"])
    later = (datetime.now(UTC) + timedelta(seconds=20)).isoformat()
    for stay, number in (("s", "m-1"), ("other", "m")):
        body = movement(person=_OF_ROSE, stay_id=stay, movement_id=number, emitted_at=later)
        rose = (await admission.post(hospital.source, body)).json()["person_id"]
    assert await owners(admission) == sorted([iris, rose, rose])


async def test_moves_of_a_stay_that_comes_after_them_follow_each_other(
    admission: Admission, hospital: House
) -> None:
    iris, lily = await hospital.person(IRIS), await hospital.person(LILY)
    await state(hospital, "move", to=IRIS, former=ROSE, stay_ids=["s"])
    await state(hospital, "move", to=LILY, former=IRIS, stay_ids=["s"])
    await state(hospital, "move", to=ROSE, former=IRIS, stay_ids=["s"])  # nobody is Iris' by then
    await admission.post(hospital.source, movement(person=_OF_ROSE, stay_id="s"))
    assert await owners(admission) == sorted([iris, lily, lily])


async def test_who_is_merged_after_the_move_has_the_stay_that_comes_late(
    admission: Admission, hospital: House
) -> None:
    iris, lily = await hospital.person(IRIS), await hospital.person(LILY)
    await state(hospital, "move", to=IRIS, former=ROSE, stay_ids=["s"])
    await state(hospital, "merge", surviving=LILY, merged=IRIS)
    await admission.post(hospital.source, movement(person=_OF_ROSE, stay_id="s"))
    assert await owners(admission) == [lily, lily, lily]
    await state(hospital, "unmerge", surviving=LILY, merged=IRIS, emitted_at=datetime.now(UTC).isoformat())
    assert await owners(admission) == sorted([lily, iris, iris])
