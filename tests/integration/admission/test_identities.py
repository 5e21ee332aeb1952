"""One person is one person, however many concurrent requests are about them."""

import asyncio
import random
from collections import defaultdict
from contextlib import AsyncExitStack

from services.admission.domain.authorities import INS_NIR
from services.admission.settings import Settings
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import identifier, movement

INS, LOCAL = identifier("270055512345637"), identifier("IPP-1", "urn:hospital")
OTHER_LOCAL = identifier("IPP-2", "urn:hospital")


async def persons_of(admission: Admission, *bodies: dict[str, object]) -> list[str]:
    source = await admission.source()
    answers = [await admission.post(source, body) for body in bodies]
    assert [answer.status_code for answer in answers] == [202] * len(bodies)
    return [answer.json()["person_id"] for answer in answers]


async def test_an_identifier_means_one_person(admission: Admission) -> None:
    same, again, other = await persons_of(admission, movement(INS), movement(INS), movement(LOCAL))
    assert same == again != other


async def test_spellings_of_a_number_mean_one_person(admission: Admission) -> None:
    spellings = [
        identifier("255081416802538", INS_NIR),
        identifier("2 55 08 14 168 025 38", f"urn:oid:{INS_NIR}"),
        identifier("2\u00a055.08.14.168.025", INS_NIR),
    ]
    assert len(set(await persons_of(admission, *(movement(one) for one in spellings)))) == 1


async def test_what_cannot_be_a_number_of_its_authority_is_refused_with_its_pointer(
    admission: Admission,
) -> None:
    source, wrong = await admission.source(), identifier("IPP-1", INS_NIR)
    answer = await admission.post(source, movement(wrong))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/person/identifiers/0/value"]
    accepted = await admission.post(source, movement(LOCAL, wrong))
    assert accepted.status_code == 202
    assert accepted.json()["ignored"] == ["/person/identifiers/1"], "the other number says who it is"


async def test_a_number_that_version_0_1_0_stored_as_it_was_written_keeps_its_person(
    admission: Admission,
) -> None:
    """Then every spelling had an index of its own."""
    dependencies, written = admission.service.dependencies, identifier("ipp 10", "CHU Nord")
    former = dependencies.vault.blind_index("identifier", written["authority"], written["value"])
    (first,) = await persons_of(admission, movement(written))
    await dependencies.pool.execute("UPDATE identifiers SET blind_index = $1, scope = NULL", former)
    dependencies.owners.numbers.clear()
    dependencies.affiliations_until.clear()  # a process asks again within a minute

    assert await persons_of(admission, movement(written), movement(identifier("IPP10", "chu nord"))) == [
        first,
        first,
    ]


async def test_the_same_value_of_two_authorities_means_two_persons(admission: Admission) -> None:
    one, other = await persons_of(
        admission, movement(identifier("1", "urn:hospital")), movement(identifier("1", "urn:clinic"))
    )
    assert one != other


async def test_a_new_identifier_of_a_known_person_is_linked(admission: Admission) -> None:
    known, linking, by_new = await persons_of(admission, movement(INS), movement(LOCAL, INS), movement(LOCAL))
    assert known == linking == by_new


async def test_identifiers_of_two_persons_merge_nobody_and_are_marked(admission: Admission) -> None:
    source = await admission.source()
    one, other = await persons_of(admission, movement(LOCAL), movement(INS))
    answer = await admission.post(source, movement(OTHER_LOCAL, INS, LOCAL))
    assert answer.json()["person_id"] == other
    assert answer.json()["marks"] == ["identity_conflict"]
    assert await persons_of(admission, movement(LOCAL), movement(INS), movement(OTHER_LOCAL)) == [
        one,
        other,
        other,
    ]


async def test_first_admissions_at_once_in_several_processes_give_one_person_each(
    open_admission: Open, admission_settings: Settings
) -> None:
    """Three APIs, six flushers, forgetful memories; each person comes by two numbers in changing order."""
    people, movements_each = 40, 6
    chance = random.Random(0)  # noqa: S311
    bodies = [
        movement(*chance.sample([identifier(f"{person}", "urn:ins"), identifier(f"{person}", "urn:ipp")], 2))
        for person in [*range(people)] * movements_each
    ]
    chance.shuffle(bodies)
    async with AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(open_admission(admission_settings)) for _ in range(3)]
        source = await apis[0].source()
        answers = await asyncio.gather(*(apis[n % 3].post(source, body) for n, body in enumerate(bodies)))
        receipts = [answer.json() for answer in answers]
        assert {answer.status_code for answer in answers} == {202}
        rows = await apis[0].rows(
            "SELECT array_agg(sequence ORDER BY sequence) AS drawn FROM ledger"
            " WHERE event_id = ANY ($1) GROUP BY subject",
            [receipt["event_id"] for receipt in receipts],
        )
        assert len(await apis[0].rows("SELECT FROM persons")) == people
        assert len(await apis[0].rows("SELECT FROM identifiers")) == 2 * people
    persons: dict[str, set[str]] = defaultdict(set)
    for body, receipt in zip(bodies, receipts, strict=True):
        persons[body["person"]["identifiers"][0]["value"]].add(receipt["person_id"])
    assert [len(ids) for ids in persons.values()] == [1] * people
    assert [row["drawn"] for row in rows] == [[*range(1, movements_each + 1)]] * people
