"""Doubts about who is who become work for a person; numbers learnt later join without one."""

from typing import Any
from uuid import uuid4

import pytest

from services.admission.periodic.join_persons import join_agreeing
from tests.integration.admission.houses import INS, TRAITS, House
from tests.integration.admission.identities.holdings import movements_held
from tests.integration.admission.identities.test_whose_movements import merged, separated
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier

LOCAL = identifier("7", "ipp")
PETIT = TRAITS | {"birth_name": "Petit", "birth_date": "1950-01-01"}
NURSING_HOME = "940000045"


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


@pytest.fixture
async def clinic(admission: Admission) -> House:
    return await House.of(admission, CLINIC)


@pytest.fixture
async def operator(admission: Admission) -> dict[str, str]:
    return bearer((await admission.source(None, ["operator"])).secret)


async def listed(admission: Admission, headers: dict[str, str], state: str = "open") -> list[dict[str, Any]]:
    answer = await admission.client.get("/v1/identities/work-items", params={"state": state}, headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["work_items"]
    return items


async def decided(
    admission: Admission, headers: dict[str, str], item: dict[str, Any], verdict: str
) -> dict[str, Any]:
    answer = await admission.client.post(
        f"/v1/identities/work-items/{item['work_item_id']}/decision",
        json={"verdict": verdict, "author": "Dr Vigilance", "reason": "identity card seen"},
        headers=headers,
    )
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def persons_with_movements(admission: Admission) -> set[str]:
    return {held.person_id for held in (await movements_held(admission)).values()}


async def test_a_wrong_ins_on_another_patient_is_one_item_with_its_evidence(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    right = await hospital.states(INS)
    wrong = await clinic.states(LOCAL, INS, traits=PETIT)
    await clinic.states(LOCAL, INS, traits=PETIT)
    [item] = await listed(admission, operator)
    assert item["finding"] == "conflict"
    assert item["state"] == "open"
    assert (item["person_id"], item["other_person_id"]) == (wrong["person_id"], right["person_id"])
    assert item["evidence"] == [
        {"establishment": CLINIC, "receipt_id": wrong["receipt_id"]},
        {"establishment": HOSPITAL, "receipt_id": right["receipt_id"]},
    ]
    assert item["disagreeing"] == ["birth_name", "birth_date"]
    assert item["unknown"] == ["birth_place"]
    assert await persons_with_movements(admission) == {right["person_id"], wrong["person_id"]}


async def test_no_value_of_a_trait_or_number_is_in_the_work_list(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    await hospital.states(INS)
    await clinic.states(INS, traits=PETIT)
    stored = str(await admission.rows("SELECT * FROM identity_work_items"))
    answered = str(await listed(admission, operator))
    for secret in (INS["value"], "Martin", "MARTIN", "Petit", "PETIT", "1941-05", "1950-01"):
        assert secret not in stored
        assert secret not in answered


async def test_an_item_about_several_establishments_is_for_operators_of_the_platform(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    await hospital.states(INS)
    await clinic.states(INS, traits=PETIT)
    for source in (hospital, clinic, await House.of(admission, NURSING_HOME)):
        assert await listed(admission, bearer(source.source.secret)) == []
    both = await admission.source(HOSPITAL, ["operator"], sites=(CLINIC,))
    assert len(await listed(admission, bearer(both.secret))) == 1
    [item] = await listed(admission, operator)
    stranger = bearer((await admission.source(NURSING_HOME, ["operator"])).secret)
    for headers, status in ((bearer(hospital.source.secret), 403), (stranger, 404)):
        answer = await admission.client.post(
            f"/v1/identities/work-items/{item['work_item_id']}/decision",
            json={"verdict": "same_person", "author": "x", "reason": "y"},
            headers=headers,
        )
        assert answer.status_code == status


async def test_an_ins_that_is_not_qualified_is_a_suspected_duplicate(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    await hospital.states(INS)
    provisional = await clinic.states(INS, identity_status="provisional")
    assert provisional["marks"] == []
    [item] = await listed(admission, operator)
    assert (item["finding"], item["disagreeing"]) == ("suspected_duplicate", [])


async def test_nothing_is_left_to_decide_of_two_who_became_one_otherwise(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    first, second = await hospital.person(INS), await clinic.person(INS, identity_status="provisional")
    [item] = await listed(admission, operator)
    merge_id = await merged(admission, first, second)
    assert await listed(admission, operator) == []
    await separated(admission, merge_id)
    assert [one["work_item_id"] for one in await listed(admission, operator)] == [item["work_item_id"]]


async def test_a_fictive_identity_makes_no_work(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    await hospital.states(INS)
    await clinic.states(INS, identity_status="provisional", identity_attributes=["fictive"])
    assert await listed(admission, operator) == []


async def test_what_was_decided_can_be_decided_otherwise(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    here, there = await hospital.person(INS), await clinic.person(INS, traits=PETIT)
    [item] = await listed(admission, operator)
    settled = await decided(admission, operator, item, "same_person")
    assert settled["state"] == "settled"
    [decision] = settled["decisions"]
    assert decision["author"].startswith("Dr Vigilance (key ")
    assert (decision["reason"], decision["verdict"]) == ("identity card seen", "same_person")
    assert await persons_with_movements(admission) == {here}
    assert await clinic.person(INS, traits=PETIT) == here
    assert await listed(admission, operator) == []

    await decided(admission, operator, item, "different_persons")
    assert await persons_with_movements(admission) == {here, there}
    assert await clinic.person(INS, traits=PETIT) == there
    [item] = await listed(admission, operator, "settled")
    assert [one["verdict"] for one in item["decisions"]] == ["same_person", "different_persons"]


async def test_an_ins_that_was_stated_of_the_wrong_person_first_is_given_to_the_right_one(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    """A clerk of the clinic took her for Petit: two houses of hers stay apart until somebody decides."""
    petit = await clinic.person(LOCAL, INS, traits=PETIT)
    here = await hospital.person(INS, LOCAL)
    home = await House.of(admission, NURSING_HOME)
    assert len({petit, here, await home.person(INS, LOCAL)}) == 3
    [item] = [one for one in await listed(admission, operator) if one["person_id"] == here]
    path = f"/v1/identities/work-items/{item['work_item_id']}/decision"
    said = {"author": "Dr Vigilance", "reason": "the clinic took one for the other", "ins_of_person": INS}
    for wrong in ({"verdict": "same_person"}, {"verdict": "different_persons", "ins_of_person": LOCAL}):
        answer = await admission.client.post(path, json=said | wrong, headers=operator)
        assert answer.status_code == 422
    answer = await admission.client.post(path, json=said | {"verdict": "different_persons"}, headers=operator)
    assert answer.status_code == 200
    await home.states(INS, LOCAL)
    await join_agreeing(admission.service.dependencies)
    assert await home.person(LOCAL) == await hospital.person(LOCAL) != petit
    assert await clinic.person(LOCAL, INS, traits=PETIT) == petit


async def test_a_decision_that_two_are_two_is_not_undone_by_the_machine(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    here, there = await hospital.person(INS), await clinic.person(LOCAL, INS, traits=PETIT)
    [item] = await listed(admission, operator)
    await decided(admission, operator, item, "different_persons")
    for traits in (PETIT, TRAITS):
        await clinic.states(LOCAL, INS, traits=traits)
    await join_agreeing(admission.service.dependencies)
    assert await persons_with_movements(admission) == {here, there}


async def test_a_number_learnt_later_makes_one_person_of_two(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    """The hospital knows her by its own number, the clinic by the INS; then the hospital sends both."""
    first, second = await hospital.person(LOCAL), await clinic.person(INS)
    assert first != second
    await hospital.states(LOCAL, INS)
    await join_agreeing(admission.service.dependencies)
    assert await persons_with_movements(admission) == {second}
    assert await hospital.person(LOCAL) == await hospital.person(INS) == second
    [item] = await listed(admission, operator, "settled")
    assert (item["finding"], item["decisions"][0]["author"]) == ("join", "relais")


async def test_traits_that_are_corrected_later_join(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    here, there = await hospital.person(INS), await clinic.person(LOCAL, INS, traits=None)
    assert here != there
    assert len(await listed(admission, operator)) == 1
    await clinic.states(LOCAL, INS)
    await join_agreeing(admission.service.dependencies)
    assert await persons_with_movements(admission) == {here}


async def test_another_patients_traits_with_her_ins_join_nobody(
    admission: Admission, hospital: House, clinic: House, operator: dict[str, str]
) -> None:
    """The whole sheet is another patient's, but for the local number."""
    his, hers = await hospital.person(INS), await clinic.person(LOCAL, traits=PETIT)
    await clinic.states(LOCAL, INS)
    await join_agreeing(admission.service.dependencies)
    assert await persons_with_movements(admission) == {his, hers}
    [item] = await listed(admission, operator)
    assert item["finding"] == "conflict"


@pytest.mark.parametrize(
    "body",
    [{}, {"verdict": "perhaps", "author": "x", "reason": "y"}, {"verdict": "same_person", "author": "x"}],
)
async def test_a_decision_says_what_who_and_why(
    admission: Admission, operator: dict[str, str], body: dict[str, str]
) -> None:
    path = f"/v1/identities/work-items/{uuid4()}/decision"
    assert (await admission.client.post(path, json=body, headers=operator)).status_code == 422
