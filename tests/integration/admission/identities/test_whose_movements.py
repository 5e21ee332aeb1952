"""A movement is one person's: whom its newest statement names, or whom somebody decided."""

import asyncio
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

import msgspec

from services.admission.handlers.identities.reassign import (
    Move,
    merge_persons,
    move_movements,
    movements_of_stay,
    separate_persons,
)
from services.admission.storage.identities.movements import published_of
from shared.database.transaction import transaction
from shared.stays.doubts import doubts_of
from shared.stays.movements import movement_histories
from tests.integration.admission.identities.holdings import movements_held, origins_of
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import encoded, identifier, movement

ROSE, IRIS, LILY = (identifier(f"IPP-{name}", "urn:hospital") for name in ("rose", "iris", "lily"))


async def stated(admission: Admission, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """Post them one after the other; their receipts."""
    source = await admission.source()
    answers = [await admission.post(source, body) for body in bodies]
    assert {answer.status_code for answer in answers} == {202}, answers[-1].text
    return [answer.json() for answer in answers]


async def merged(admission: Admission, surviving: str, other: str, merge_id: UUID | None = None) -> UUID:
    """Make them one person."""
    merge_id = merge_id or uuid4()
    dependencies = admission.service.dependencies
    async with transaction(dependencies.pool) as connection:
        await merge_persons(
            dependencies, connection, merge_id=merge_id, surviving=UUID(surviving), merged=UUID(other)
        )
    return merge_id


async def separated(admission: Admission, merge_id: UUID) -> None:
    """Undo a merge."""
    dependencies = admission.service.dependencies
    async with transaction(dependencies.pool) as connection:
        await separate_persons(dependencies, connection, merge_id=merge_id)


async def moved(admission: Admission, movement_ids: list[UUID], to_person: str) -> int:
    """Give movements to a person."""
    dependencies = admission.service.dependencies
    async with transaction(dependencies.pool) as connection:
        return await move_movements(
            dependencies, connection, Move(movement_ids=movement_ids, to_person=UUID(to_person))
        )


async def owners(admission: Admission) -> list[str]:
    """Who has each movement, whoever they are; everybody has all that was stated of theirs."""
    held = await movements_held(admission)
    assert {one: each.origins for one, each in held.items()} == await origins_of(admission)
    return [each.person_id for each in held.values()]


async def test_an_update_that_names_another_patient_takes_the_movement_along(admission: Admission) -> None:
    arrival = movement(ROSE)
    late = arrival | {"source_event_id": "late", "emitted_at": "2026-03-01T09:00:00+01:00"}
    update = movement(IRIS, movement_id=arrival["movement_id"], action="update", unit="2")
    rose, iris = await stated(admission, arrival, update)
    assert await owners(admission) == [iris["person_id"]] != [rose["person_id"]]
    [again] = await stated(admission, late)
    assert again["person_id"] == rose["person_id"]  # whom it names; what is older changes nothing
    assert await owners(admission) == [iris["person_id"]]


async def test_what_names_another_patient_and_nothing_else_is_no_statement_without_effect(
    admission: Admission,
) -> None:
    arrival = movement(ROSE)
    moving = movement(IRIS, movement_id=arrival["movement_id"], emitted_at="2026-03-01T11:00:00+01:00")
    _, iris = await stated(admission, arrival, moving)
    events = (await published_of(admission.service.spine.pool, [UUID(iris["person_id"])])).values()
    (history,) = movement_histories(chain(*events))
    assert doubts_of(history) == {}


async def test_the_newest_statement_counts_in_whichever_order_they_come(admission: Admission) -> None:
    at = [f"2026-03-01T1{hour}:00:00+01:00" for hour in range(3)]
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)):
        one = movement(ROSE)["movement_id"]
        bodies = [
            movement(whose, movement_id=one, emitted_at=at[place])
            for place, whose in enumerate((ROSE, LILY, IRIS))
        ]
        receipts = await stated(admission, *(bodies[place] for place in order))
        assert (await owners(admission))[-1] in {each["person_id"] for each in receipts}
        [iris] = await stated(admission, movement(IRIS))
        held = await movements_held(admission)
        opaque = admission.service.dependencies.vault.opaque_id(bodies[0]["establishment"], "movement", one)
        assert held[str(opaque)].person_id == iris["person_id"]


async def test_a_receipt_says_who_has_the_movement_now(admission: Admission) -> None:
    arrival = movement(ROSE)
    rose, iris = await stated(admission, arrival, movement(IRIS))
    reader = await admission.source(scopes=("read",))

    async def moved_to() -> object:
        headers = bearer(reader.secret)
        answer = await admission.client.get(f"/v1/receipts/{rose['receipt_id']}", headers=headers)
        assert answer.json()["person_id"] == rose["person_id"]
        return answer.json()["moved_to"]

    assert await moved_to() is None
    merge_id = await merged(admission, iris["person_id"], rose["person_id"])
    assert await moved_to() == iris["person_id"]
    await separated(admission, merge_id)
    assert await moved_to() is None


async def test_a_batch_that_names_several_patients_ends_as_one_by_one(admission: Admission) -> None:
    source = await admission.source()
    bodies = [
        movement(whose, movement_id="m", emitted_at=f"2026-03-01T10:0{minute}:00+01:00")
        for minute, whose in enumerate((ROSE, IRIS, ROSE, LILY, IRIS))
    ]
    answers = await asyncio.gather(*(admission.post(source, body) for body in bodies))
    assert {answer.status_code for answer in answers} == {202}
    assert await owners(admission) == [answers[-1].json()["person_id"]]


async def test_a_batch_of_several_patients_changes_nothing_that_is_newer(admission: Admission) -> None:
    [lily] = await stated(admission, movement(LILY, movement_id="m", emitted_at="2026-03-01T11:00:00+01:00"))
    source = await admission.source()
    # Of the two, the newer names another; whose it is comes last, as if nobody else was named.
    lines = [
        encoded(movement(whose, movement_id="m", emitted_at=f"2026-03-01T10:0{minute}:00+01:00"))
        for minute, whose in ((1, IRIS), (0, LILY))
    ]
    answer = await admission.client.post(
        "/v1/movements:batch", content=b"\n".join(lines), headers=bearer(source.secret)
    )
    assert answer.text.count('"status":202') == 2
    assert await owners(admission) == [lily["person_id"]]


async def test_merged_persons_are_stated_as_one_and_separated_again(admission: Admission) -> None:
    rose, iris = await stated(admission, movement(ROSE), movement(IRIS))
    merge_id = await merged(admission, rose["person_id"], iris["person_id"])
    assert set(await owners(admission)) == {rose["person_id"]}
    [since] = await stated(admission, movement(IRIS))
    assert since["person_id"] == rose["person_id"]
    assert await merged(admission, rose["person_id"], iris["person_id"], merge_id) == merge_id

    await separated(admission, merge_id)
    await separated(admission, merge_id)
    assert sorted(await owners(admission)) == sorted([rose["person_id"], *[iris["person_id"]] * 2])
    [again] = await stated(admission, movement(IRIS))
    assert again["person_id"] == iris["person_id"]
    [last] = await admission.rows("SELECT max(revision) AS revision, count(*) AS merges FROM merges")
    assert last == {"revision": 2, "merges": 1}


async def test_two_merges_are_undone_in_any_order(admission: Admission) -> None:
    rose, iris, lily = [
        each["person_id"] for each in await stated(admission, *map(movement, (ROSE, IRIS, LILY)))
    ]
    first = await merged(admission, rose, iris)
    second = await merged(admission, iris, lily)
    assert set(await owners(admission)) == {rose}
    await separated(admission, first)
    assert sorted(await owners(admission)) == sorted([rose, iris, iris])
    await separated(admission, second)
    assert sorted(await owners(admission)) == sorted([rose, iris, lily])


async def test_a_stay_is_moved_and_stays_moved_until_something_newer_is_stated(admission: Admission) -> None:
    arrival = movement(ROSE)
    rose, iris = await stated(admission, arrival, movement(IRIS, stay_id="other"))
    dependencies = admission.service.dependencies
    [stay] = await admission.rows("SELECT data FROM ledger WHERE event_id = $1", UUID(rose["event_id"]))
    stay_id = UUID(msgspec.json.decode(stay["data"])["stay_id"])
    async with transaction(dependencies.pool) as connection:
        ids = await movements_of_stay(connection, UUID(rose["person_id"]), stay_id)
    assert await moved(admission, ids, iris["person_id"]) == 1
    assert await moved(admission, ids, iris["person_id"]) == 0
    assert await owners(admission) == [iris["person_id"]] * 2

    await stated(admission, arrival | {"source_event_id": "older", "unit": "7"})
    assert await owners(admission) == [iris["person_id"]] * 2
    await stated(admission, arrival | {"source_event_id": "newer", "emitted_at": "2199-01-01T00:00:00Z"})
    assert sorted(await owners(admission)) == sorted([rose["person_id"], iris["person_id"]])
