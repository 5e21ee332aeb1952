"""Who was joined by an INS, and of whom the establishments disagree later, is work for a person."""

import pytest

from services.admission.handlers.identities.compare_joined import AGREE_AGAIN
from services.admission.periodic.compare_joined import compare_all_joined
from services.admission.periodic.join_persons import join_agreeing
from tests.integration.admission.houses import INS, TRAITS, House
from tests.integration.admission.identities.holdings import movements_held
from tests.integration.admission.identities.test_statements import state
from tests.integration.admission.identities.test_work_items import decided, listed
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier

LOCAL, OTHER = identifier("7", "ipp"), identifier("8", "ipp")
PETIT = TRAITS | {"birth_name": "Petit"}


@pytest.fixture
async def operator(admission: Admission) -> dict[str, str]:
    return bearer((await admission.source(None, ["operator"])).secret)


async def compared(admission: Admission) -> None:
    await join_agreeing(admission.service.dependencies)
    await compare_all_joined(admission.service.dependencies)


async def test_a_number_joined_at_once_is_parted_by_a_person_alone(
    admission: Admission, operator: dict[str, str]
) -> None:
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    await hospital.states(LOCAL, INS)
    here = await hospital.person(LOCAL, INS)
    assert await clinic.person(OTHER, INS) == here
    await compared(admission)
    assert await listed(admission, operator) == []

    person = {"identifiers": [OTHER, INS], "traits": PETIT, "identity_status": "qualified"}
    stated = await state(clinic, "traits", person=person)
    last = await hospital.states(LOCAL, INS)
    for _ in range(2):
        await compared(admission)
    assert {each.person_id for each in (await movements_held(admission)).values()} == {here}
    [item] = await listed(admission, operator)
    assert (item["finding"], item["person_id"], item["other_person_id"]) == ("different_persons", here, here)
    assert (item["disagreeing"], item["establishments"]) == (["birth_name"], sorted([HOSPITAL, CLINIC]))
    assert {each["receipt_id"] for each in item["evidence"]} == {stated["receipt_id"], last["receipt_id"]}

    await decided(admission, operator, item, "different_persons")
    there = await clinic.person(OTHER, INS, traits=PETIT)
    assert there != here == await hospital.person(LOCAL, INS)
    assert len([each for each in (await movements_held(admission)).values() if each.person_id == there]) == 2
    await compared(admission)
    assert await listed(admission, operator) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_whenever_the_traits_change_two_who_were_joined_are_work_again(
    admission: Admission, operator: dict[str, str], order: tuple[int, ...]
) -> None:
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    for house in (hospital, clinic):
        await house.states(LOCAL)
    said = [(clinic, PETIT), (hospital, TRAITS)]
    await hospital.states(LOCAL, INS)
    await clinic.states(LOCAL, INS)
    await compared(admission)
    for place in order:
        house, traits = said[place]
        await house.states(LOCAL, INS, traits=traits)
        await compared(admission)
    [item] = await listed(admission, operator)
    assert (item["finding"], item["disagreeing"]) == ("different_persons", ["birth_name"])
    assert item["person_id"] != item["other_person_id"]
    await decided(admission, operator, item, "same_person")
    await clinic.states(LOCAL, INS, traits=PETIT)
    await compared(admission)
    assert await listed(admission, operator) == []


@pytest.mark.parametrize("at_once", [True, False])
async def test_an_item_whose_traits_agree_again_is_closed_with_that_reason(
    admission: Admission, operator: dict[str, str], at_once: bool
) -> None:
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    if not at_once:
        await clinic.states(LOCAL)
    await hospital.states(LOCAL, INS)
    await clinic.states(LOCAL, INS)
    await compared(admission)
    for traits in (PETIT, TRAITS, PETIT):
        await clinic.states(LOCAL, INS, traits=traits)
        await compared(admission)
        items = await listed(admission, operator)
        assert [item["disagreeing"] for item in items] == ([] if traits is TRAITS else [["birth_name"]])
    assert [(each["author"], each["reason"]) for each in items[0]["decisions"]][-1:] == [
        ("relais", AGREE_AGAIN)
    ]
