"""A number means one person where it was given; across establishments only a qualified INS joins."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from services.admission.domain.authorities import INS_NIR
from services.admission.settings import Settings
from tests.integration.admission.conftest import Open
from tests.integration.admission.houses import INS, TRAITS, House
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier, movement

NURSING_HOME = "940000045"


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


@pytest.fixture
async def clinic(admission: Admission) -> House:
    return await House.of(admission, CLINIC)


@pytest.fixture
async def home(admission: Admission) -> House:
    return await House.of(admission, NURSING_HOME)


async def test_one_local_number_of_two_hospitals_is_two_persons(hospital: House, clinic: House) -> None:
    number = identifier("IPP 1001", "IPP")
    here, there = await hospital.person(number), await clinic.person(number)
    assert here != there
    assert await hospital.person(number) == here
    assert await clinic.person(number) == there


async def test_nobody_states_a_number_under_anothers_authority(hospital: House, clinic: House) -> None:
    """A decoy that names two patients of the hospital swallows none of them."""
    one, other = identifier("1", "urn:hospital"), identifier("2", "urn:hospital")
    persons = [await hospital.person(one), await hospital.person(other)]
    decoy = await clinic.states(one, other)
    assert decoy["person_id"] not in persons
    assert decoy["marks"] == []
    assert [await hospital.person(one), await hospital.person(other)] == persons


async def share(admission: Admission, *members: str) -> None:
    for member in members:
        await admission.service.spine.pool.execute(
            "INSERT INTO identity_domains VALUES ('ipp-ght', $1, 'domain:nord')", member
        )
    admission.service.dependencies.affiliations_until.clear()


async def test_establishments_that_share_a_domain_give_its_numbers_together(
    admission: Admission, hospital: House, clinic: House, home: House
) -> None:
    await share(admission, HOSPITAL, CLINIC)
    number = identifier("1001", "IPP-GHT")
    shared = await hospital.person(number)
    assert await clinic.person(number) == shared
    assert await home.person(number) != shared


async def test_a_number_given_before_its_domain_was_registered_keeps_its_person(
    admission: Admission, hospital: House, clinic: House
) -> None:
    number = identifier("1001", "ipp-ght")
    before = await hospital.person(number)
    await share(admission, HOSPITAL, CLINIC)
    assert await hospital.person(number) == before
    assert await clinic.person(number) == before


async def test_a_qualified_ins_with_agreeing_traits_is_one_person_everywhere(
    hospital: House, clinic: House, home: House
) -> None:
    local = identifier("IPP-7", "ipp")
    here = await hospital.person(INS, local)
    written = TRAITS | {"birth_name": "MARTIN DUBOIS", "given_names": ["JEANNE"]}
    there = await clinic.states(local, identifier("2 55 08 14 168 025", INS_NIR), traits=written)
    assert (there["person_id"], there["marks"]) == (here, [])
    assert await clinic.person(local) == here, "its own number is the person's now"
    assert await home.person(INS) == here


@pytest.mark.parametrize(
    "person",
    [
        {"identity_status": "provisional"},
        {"identity_status": "retrieved"},
        {"identity_status": "validated"},
        {"identity_status": None},
        {"identity_attributes": ["doubtful"]},
        {"identity_attributes": ["fictive"], "identity_status": "provisional"},
    ],
)
async def test_an_identity_that_is_not_qualified_never_joins(
    hospital: House, clinic: House, person: dict[str, Any]
) -> None:
    here = await hospital.person(INS)
    there = await clinic.person(INS, **person)
    assert there != here
    assert await clinic.person(INS, **person) == there, "one person in its own establishment"
    assert await hospital.person(INS) == here


@pytest.mark.parametrize(
    "traits",
    [
        TRAITS | {"birth_date": "1950-01-01"},
        TRAITS | {"birth_name": "Petit"},
        TRAITS | {"given_names": ["Louise"]},
        TRAITS | {"sex": "unknown"},
        None,
    ],
)
async def test_a_qualified_ins_whose_traits_do_not_agree_makes_a_person_of_its_own(
    hospital: House, clinic: House, traits: dict[str, Any] | None
) -> None:
    here = await hospital.person(INS)
    first = await clinic.states(INS, traits=traits)
    assert first["person_id"] != here
    assert first["marks"] == []  # nobody asks by a number where it is known
    assert await clinic.person(INS, traits=traits) == first["person_id"]
    assert await hospital.person(INS) == here


async def test_the_ins_of_another_patient_changes_nobodys_stays(hospital: House, clinic: House) -> None:
    """A clerk picks the wrong card: the clinic's own patient keeps her stays, the hospital's his."""
    local = identifier("7", "ipp")
    his, hers = await hospital.person(INS), await clinic.person(local)
    wrong = await clinic.states(local, INS, traits=TRAITS | {"birth_name": "Petit"})
    assert (wrong["person_id"], wrong["marks"]) == (hers, [])
    assert await hospital.person(INS) == his


async def test_traits_are_compared_with_the_newest_that_were_stated(hospital: House, clinic: House) -> None:
    here = await hospital.person(INS, traits=TRAITS | {"birth_name": "Martni"})
    await hospital.person(INS)
    assert await clinic.person(INS) == here


async def test_first_statements_of_two_establishments_in_one_batch_join(admission: Admission) -> None:
    operator = await admission.source(None, ["operator", "intake"])
    person = {"identifiers": [INS], "traits": TRAITS, "identity_status": "qualified"}
    lines = [movement(person=person, establishment=place) for place in (HOSPITAL, CLINIC, NURSING_HOME)]
    answer = await admission.client.post(
        "/v1/movements:batch",
        content=b"\n".join(map(msgspec.json.encode, lines)),
        headers={"authorization": f"Bearer {operator.secret}", "content-type": "application/x-ndjson"},
    )
    answers = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert len({line["receipt"]["person_id"] for line in answers}) == 1


async def test_a_number_from_before_there_were_scopes_is_its_establishments_only(
    admission: Admission, hospital: House, clinic: House
) -> None:
    number = identifier("1001", "ipp")
    vault = admission.service.dependencies.vault
    before = await hospital.person(number)
    former = vault.blind_index("identifier", "ipp", "1001")
    await admission.service.spine.pool.execute(
        "UPDATE identifiers SET blind_index = $1, scope = NULL, basis = NULL", former
    )
    admission.service.dependencies.owners.numbers.clear()
    admission.service.dependencies.affiliations_until.clear()  # a process asks again within a minute
    assert await clinic.person(number) != before
    assert await hospital.person(number) == before


@pytest.fixture
async def in_production(open_admission: Open, admission_settings: Settings) -> AsyncIterator[Admission]:
    settings = msgspec.structs.replace(admission_settings, test_numbers="refused")
    async with open_admission(settings) as opened:
        yield opened


async def test_numbers_of_tests_are_refused_in_production_with_their_pointer(
    in_production: Admission,
) -> None:
    source = await in_production.source()
    body = movement(identifier("1", "ipp"), identifier("2550814168025"))
    answer = await in_production.post(source, body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/person/identifiers/1/authority"]
    assert (await in_production.post(source, movement(identifier("1", "ipp")))).status_code == 202
