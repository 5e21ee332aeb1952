"""A person is stated before any movement (A28, A31): the movements that come later find them."""

import pytest

from tests.integration.admission.houses import INS, TRAITS, House
from tests.integration.admission.identities.holdings import movements_held
from tests.integration.admission.identities.test_statements import offer, state
from tests.integration.admission.identities.test_work_items import listed
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier

LOCAL = identifier("IPP-1", "ipp")
ALICE = {"identifiers": [LOCAL, INS], "traits": TRAITS, "identity_status": "qualified"}
PETIT = TRAITS | {"birth_name": "Petit"}


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


async def test_a_movement_finds_who_was_stated_before(admission: Admission, hospital: House) -> None:
    receipt = await state(hospital, "traits", person=ALICE)
    assert (receipt["action"], receipt["marks"]) == ("traits", [])
    assert await movements_held(admission) == {}
    assert await hospital.person(LOCAL, traits=None) == receipt["person_id"]
    clinic = await House.of(admission, CLINIC)
    assert await clinic.person(INS) == receipt["person_id"], "the traits of the statement agree"


async def test_whoever_is_known_elsewhere_is_recognised(admission: Admission, hospital: House) -> None:
    clinic = await House.of(admission, CLINIC)
    alice = await clinic.person(INS)
    receipt = await state(hospital, "traits", person=ALICE)
    assert receipt["person_id"] == alice == await hospital.person(LOCAL)
    other = await state(
        hospital, "traits", person=ALICE | {"identifiers": [identifier("2", "ipp"), INS], "traits": PETIT}
    )
    assert other["person_id"] == alice, "one INS in one establishment"


async def test_doubts_are_in_the_work_list(admission: Admission, hospital: House) -> None:
    clinic = await House.of(admission, CLINIC)
    alice = await clinic.person(INS)
    receipt = await state(hospital, "traits", person=ALICE | {"traits": PETIT})
    assert receipt["person_id"] != alice
    [item] = await listed(admission, bearer((await admission.source(None, ["operator"])).secret))
    assert (item["finding"], item["disagreeing"]) == ("conflict", ["birth_name"])
    assert {"establishment": HOSPITAL, "receipt_id": receipt["receipt_id"]} in item["evidence"]


@pytest.mark.parametrize("traits", [TRAITS, PETIT], ids=["agreeing", "other"])
@pytest.mark.parametrize("is_known", [True, False], ids=["known elsewhere", "unknown"])
async def test_a_receipt_does_not_tell_whether_an_ins_is_known_elsewhere(
    admission: Admission, hospital: House, *, is_known: bool, traits: dict[str, object]
) -> None:
    if is_known:
        await (await House.of(admission, CLINIC)).person(INS)
    await hospital.person(LOCAL, traits=None)
    receipt = await state(hospital, "traits", person=ALICE | {"traits": traits})
    assert receipt["marks"] == []


async def test_own_numbers_of_several_persons_are_marked(hospital: House) -> None:
    await hospital.person(LOCAL, traits=None)
    await hospital.person(identifier("2", "ipp"), traits=None)
    receipt = await state(hospital, "traits", person=ALICE | {"identifiers": [LOCAL, identifier("2", "ipp")]})
    assert receipt["marks"] == ["identity_conflict"]


async def test_what_says_nothing_new_is_marked(hospital: House) -> None:
    await state(hospital, "traits", person=ALICE)
    again = await state(hospital, "traits", person=ALICE)
    assert again["marks"] == ["nothing_changed"]
    for news in ({"traits": PETIT}, {"identifiers": [LOCAL, INS, identifier("3", "ipp")], "traits": PETIT}):
        assert (await state(hospital, "traits", person=ALICE | news))["marks"] == []


async def test_the_same_statement_is_answered_with_its_receipt(hospital: House) -> None:
    stated = {"source_event_id": "A28-1", "person": ALICE}
    first, again = await offer(hospital, "traits", **stated), await offer(hospital, "traits", **stated)
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()


async def test_what_a_movement_may_not_name_is_refused_here_as_well(hospital: House) -> None:
    person = {"identifiers": [INS | {"value": "12"}, LOCAL | {"type": "NH"}]}
    answer = await offer(hospital, "traits", person=person)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/person/identifiers/0/value"]
