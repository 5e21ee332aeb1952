"""Whatever a neighbour states, a hospital's numbers mean whom they meant."""

from typing import Any, NamedTuple

import pytest

from services.admission.domain.authorities import INS_NIR
from services.admission.domain.identifiers import ins_key
from services.admission.periodic.join_persons import join_agreeing
from tests.integration.admission.houses import INS, House
from tests.integration.admission.identities.holdings import movements_held
from tests.integration.admission.identities.test_statements import LATER, state
from tests.integration.admission.identities.test_work_items import decided, listed
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier

BOB = {"birth_name": "Petit", "given_names": ["Bob"], "birth_date": "1941-05-17", "sex": "male"}
INS_OF_BOB = identifier("1410575123456" + ins_key("1410575123456"), INS_NIR)
OF_ALICE, OF_BOB = identifier("IPP-1", "ipp"), identifier("IPP-2", "ipp")
X, Y, Z = (identifier(name, "ipp") for name in "XYZ")


class Town(NamedTuple):
    """A hospital that knows Alice and Bob, and a clinic that states an admission of each: as X and as Y."""

    admission: Admission
    hospital: House
    clinic: House
    alice: str
    bob: str

    async def is_unchanged(self) -> bool:
        """Whether the hospital's numbers and movements are whose they were."""
        await join_agreeing(self.admission.service.dependencies)
        named = [await self.hospital.person(OF_ALICE), await self.hospital.person(OF_BOB, traits=BOB)]
        held = {one.person_id for one in (await movements_held(self.admission)).values()}
        return named == [self.alice, self.bob] and {self.alice, self.bob} <= held


@pytest.fixture
async def town(admission: Admission) -> Town:
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    alice = await hospital.person(OF_ALICE, INS)
    bob = await hospital.person(OF_BOB, INS_OF_BOB, traits=BOB)
    assert await clinic.person(X, INS) == alice
    assert await clinic.person(Y, INS_OF_BOB, traits=BOB) == bob
    return Town(admission, hospital, clinic, alice, bob)


@pytest.mark.parametrize("action", ["merge", "link"])
async def test_a_neighbour_merges_nobody_whom_others_know(town: Town, action: str) -> None:
    receipt = await state(town.clinic, action, surviving=X, merged=Y)
    assert receipt["marks"] == ["identity_conflict"]
    assert await town.is_unchanged()


async def test_an_operator_of_the_platform_sees_the_merge_and_decides(town: Town) -> None:
    receipt = await state(town.clinic, "merge", surviving=X, merged=Y)
    operator = bearer((await town.admission.source(None, ["operator"])).secret)
    [item] = await listed(town.admission, operator)
    assert (item["finding"], item["person_id"], item["other_person_id"]) == (
        "stated_as_one",
        town.bob,
        town.alice,
    )
    assert {each["receipt_id"] for each in item["evidence"]} >= {receipt["receipt_id"]}
    assert item["disagreeing"] == ["birth_name", "first_given_name", "sex"]
    await decided(town.admission, operator, item, "same_person")
    assert await town.hospital.person(OF_BOB, traits=BOB) == town.alice
    await decided(town.admission, operator, item, "different_persons")
    assert await town.is_unchanged()


async def test_one_establishments_operator_does_not_decide_for_another(town: Town) -> None:
    await state(town.clinic, "merge", surviving=X, merged=Y)
    own = bearer((await town.admission.source(CLINIC, ["operator"])).secret)
    operator = bearer((await town.admission.source(None, ["operator"])).secret)
    assert await listed(town.admission, own) == []
    [item] = await listed(town.admission, operator)
    answer = await town.admission.client.post(
        f"/v1/identities/work-items/{item['work_item_id']}/decision",
        json={"verdict": "same_person", "author": "x", "reason": "y"},
        headers=own,
    )
    assert answer.status_code == 404
    assert await town.is_unchanged()


@pytest.mark.parametrize(("surviving", "merged"), [(X, Z), (Z, X)])
async def test_a_local_identity_of_the_neighbour_becomes_whom_it_names(
    town: Town, surviving: dict[str, str], merged: dict[str, str]
) -> None:
    """That concerns nobody else; whoever is known elsewhere keeps the id, whichever number goes on."""
    local = await town.clinic.person(Z, traits=None)
    receipt = await state(town.clinic, "merge", surviving=surviving, merged=merged)
    assert (receipt["marks"], receipt["person_id"]) == ([], town.alice)
    assert await town.clinic.person(Z, traits=None) == town.alice
    assert await town.is_unchanged()
    await state(town.clinic, "unmerge", surviving=surviving, merged=merged, emitted_at=LATER)
    assert await town.clinic.person(Z, traits=None) == local
    assert await town.is_unchanged()


async def test_no_third_number_joins_two_whom_others_know(town: Town) -> None:
    await state(town.clinic, "merge", surviving=Z, merged=X)
    receipt = await state(town.clinic, "link", surviving=Z, merged=Y)
    assert receipt["marks"] == ["identity_conflict"]
    assert await town.is_unchanged()


async def test_numbers_merged_before_they_meant_anybody_join_nobody(town: Town) -> None:
    first, second = identifier("N-1", "ipp"), identifier("N-2", "ipp")
    await state(town.clinic, "merge", surviving=first, merged=second)
    await town.clinic.states(first, INS)
    await town.clinic.states(second, INS_OF_BOB, traits=BOB)
    assert await town.is_unchanged()


async def test_a_merge_is_of_those_whom_its_numbers_meant(town: Town) -> None:
    """The clinic merges two patients, separates them, and gives their numbers to others."""
    home = await House.of(town.admission, "940000045")
    named = {
        "X-1": identifier("2550814168026" + ins_key("2550814168026"), INS_NIR),
        "X-2": identifier("141057512345678", INS_NIR),
    }
    numbers = [identifier(name, "ipp") for name in named]
    pair = dict(zip(("surviving", "merged"), numbers, strict=True))
    await state(town.clinic, "merge", **pair)
    await state(town.clinic, "unmerge", **pair, emitted_at=LATER)
    for number, ins in zip(numbers, named.values(), strict=True):
        await town.clinic.states(number, ins)
    known = [await home.person(ins) for ins in named.values()]
    assert len(set(known)) == len(known)
    for number in numbers:
        await state(town.clinic, "delete-number", number=number)
        await town.clinic.states(number, moment=LATER)
    receipt = await state(town.clinic, "merge", **pair, emitted_at="2026-03-01T12:00:00+01:00")
    assert receipt["marks"] == []
    assert len({await town.clinic.person(number, moment=LATER) for number in numbers}) == 1
    assert [await home.person(ins) for ins in named.values()] == known
    await state(town.clinic, "unmerge", **pair, emitted_at="2026-03-01T13:00:00+01:00")
    assert len({await town.clinic.person(number, moment=LATER) for number in numbers}) == len(numbers)


async def test_a_neighbour_does_not_hold_together_whom_a_person_separates(town: Town) -> None:
    await state(town.clinic, "merge", surviving=X, merged=Y)
    operator = bearer((await town.admission.source(None, ["operator"])).secret)
    [item] = await listed(town.admission, operator)
    await decided(town.admission, operator, item, "same_person")
    receipt = await state(town.clinic, "link", surviving=X, merged=Y)
    assert receipt["marks"] == ["nothing_changed"]
    await decided(town.admission, operator, item, "different_persons")
    assert await town.is_unchanged()


async def test_the_hospital_merges_its_own_although_the_neighbour_knows_one(town: Town) -> None:
    third = identifier("IPP-3", "ipp")
    await town.hospital.person(third, traits=None)
    receipt = await state(town.hospital, "merge", surviving=third, merged=OF_ALICE)
    assert (receipt["marks"], receipt["person_id"]) == ([], town.alice)
    assert await town.clinic.person(X) == town.alice


@pytest.mark.parametrize(
    ("action", "stated"),
    [
        ("unmerge", {"surviving": OF_ALICE, "merged": OF_BOB}),
        ("unlink", {"surviving": X, "merged": Y}),
        ("unmerge", {"surviving": INS, "merged": X}),
        ("move", {"to": Y, "former": X, "stay_ids": ["stay-1"]}),
        ("move", {"to": OF_BOB, "former": OF_ALICE, "stay_ids": ["stay-1"]}),
        ("change-number", {"former": X, "number": Y}),
        ("change-number", {"former": OF_ALICE, "number": OF_BOB}),
        ("change-number", {"former": INS, "number": INS_OF_BOB, "identity_status": "qualified"}),
        ("change-number", {"former": X, "number": INS_OF_BOB, "identity_status": "qualified"}),
        ("delete-number", {"number": INS}),
        ("delete-number", {"number": X}),
        ("delete-number", {"number": OF_ALICE}),
        ("merge", {"surviving": INS, "merged": INS_OF_BOB}),
        ("merge", {"surviving": OF_ALICE, "merged": OF_BOB}),
    ],
)
async def test_no_statement_of_a_neighbour_changes_whose_anothers_numbers_are(
    town: Town, action: str, stated: dict[str, Any]
) -> None:
    await state(town.clinic, action, **stated)
    assert await town.is_unchanged()
    home = await House.of(town.admission, "940000045")
    assert await home.person(INS) == town.alice
    assert await home.person(INS_OF_BOB, traits=BOB) == town.bob


async def test_a_neighbour_puts_no_other_patient_in_anothers_place(town: Town) -> None:
    """The clinic takes Alice's record for Carol: her traits and INS under Alice's number, many times."""
    carol = BOB | {"birth_name": "Roy", "given_names": ["Carol"]}
    ins = identifier("2550814168026" + ins_key("2550814168026"), INS_NIR)
    for _ in range(25):
        await town.clinic.states(X, ins, traits=carol)
    third = await town.hospital.states(identifier("IPP-3", "ipp"), ins, traits=carol)
    assert third["person_id"] not in {town.alice, town.bob}
    # The number is new to the hospital: what others know of the INS is not told to it.
    assert third["marks"] == []
    assert await town.is_unchanged()


async def test_a_neighbour_joins_nobody_by_two_ins_under_one_number(town: Town) -> None:
    for _ in range(2):
        await town.clinic.states(X, INS, INS_OF_BOB, traits=BOB)
        await town.clinic.states(X, INS_OF_BOB, INS)
    assert await town.is_unchanged()


async def test_an_ins_that_others_state_outlives_its_end_where_it_was_stated_first(
    admission: Admission,
) -> None:
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    home = await House.of(admission, "940000045")
    alice = await clinic.person(X, INS)
    assert await hospital.person(OF_ALICE, INS) == alice
    await state(clinic, "delete-number", number=INS)
    assert await home.person(INS) == alice
    await state(hospital, "change-number", former=INS, number=INS_OF_BOB)
    assert await hospital.person(OF_ALICE) == alice


async def test_a_number_from_before_scopes_ends_where_it_is_deleted_and_nowhere_else(
    admission: Admission,
) -> None:
    hospital, clinic = await House.of(admission, HOSPITAL), await House.of(admission, CLINIC)
    alice = await hospital.person(OF_ALICE, INS)
    assert await clinic.person(OF_ALICE, INS) == alice
    index = admission.service.dependencies.vault.blind_index("identifier", "ipp", "IPP-9")
    number = identifier("IPP-9", "ipp")
    await admission.service.spine.pool.execute("INSERT INTO identifiers VALUES ($1, $2)", index, alice)
    admission.service.dependencies.affiliations_until.clear()  # a process asks again within a minute
    await state(clinic, "delete-number", number=number)
    for house, found in ((clinic, []), (hospital, [{"person_id": alice}])):
        answer = await admission.client.get("/v1/persons", params=number, headers=bearer(house.source.secret))
        assert answer.json()["persons"] == found
    assert await clinic.person(number) == alice  # stated before, and late
    assert await clinic.person(number, moment=LATER) != alice
    assert await hospital.person(number) == alice


async def test_a_merged_number_finds_who_survives(town: Town) -> None:
    local = await town.clinic.person(Z, traits=None)
    await state(town.clinic, "merge", surviving=X, merged=Z)
    for asked in (X, Z):
        answer = await town.admission.client.get(
            "/v1/persons", params=asked, headers=bearer(town.clinic.source.secret)
        )
        assert answer.json()["persons"] == [{"person_id": town.alice}] != [{"person_id": local}]
