"""Establishments put right which numbers are one person's and whose a stay is, in JSON."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.integration.admission.houses import INS, TRAITS, House
from tests.integration.admission.identities.holdings import movements_held, origins_of
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, NOW, identifier, movement

ROSE, IRIS, LILY = (identifier(f"IPP-{name}", "ipp") for name in ("rose", "iris", "lily"))
EARLIER, LATER = "2026-03-01T09:00:00+01:00", "2026-03-01T11:00:00+01:00"
_ids = itertools.count()


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


async def offer(house: House, action: str, **stated: Any) -> httpx.Response:
    body = {
        "source_event_id": f"identity-{next(_ids)}",
        "establishment": house.finess,
        "emitted_at": NOW,
    }
    return await house.admission.client.post(
        f"/v1/identities/{action}", json=body | stated, headers=bearer(house.source.secret)
    )


async def state(house: House, action: str, **stated: Any) -> dict[str, Any]:
    answer = await offer(house, action, **stated)
    assert answer.status_code == 202, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


async def owners(admission: Admission) -> list[str]:
    """Who has each movement; everybody has all that was stated of theirs."""
    held, origins = await movements_held(admission), await origins_of(admission)
    assert {movement_id: one.origins for movement_id, one in held.items()} == origins
    return sorted(one.person_id for one in held.values())


@pytest.mark.parametrize(("join", "undo"), [("merge", "unmerge"), ("link", "unlink")])
async def test_two_numbers_become_one_person_and_two_again(
    admission: Admission, hospital: House, join: str, undo: str
) -> None:
    rose, iris = await hospital.person(ROSE), await hospital.person(IRIS)
    receipt = await state(hospital, join, surviving=ROSE, merged=IRIS)
    assert (receipt["person_id"], receipt["action"], receipt["marks"]) == (rose, join, [])
    for repeated in ({"surviving": ROSE, "merged": IRIS}, {"surviving": IRIS, "merged": ROSE}):
        assert (await state(hospital, join, **repeated))["marks"] == ["nothing_changed"]
    assert await owners(admission) == [rose, rose]
    assert await hospital.person(IRIS) == rose
    await state(hospital, undo, surviving=ROSE, merged=IRIS, emitted_at=LATER)
    assert await owners(admission) == sorted([rose, iris, iris])


async def test_what_leaves_two_one_or_two_as_before_is_marked(admission: Admission, hospital: House) -> None:
    rose, iris, lily = [await hospital.person(each) for each in (ROSE, IRIS, LILY)]
    circle = [(ROSE, IRIS), (IRIS, LILY), (LILY, ROSE)]
    marks = [(await state(hospital, "merge", surviving=one, merged=other))["marks"] for one, other in circle]
    assert marks == [[], [], ["nothing_changed"]]
    marks = [
        (await state(hospital, "unmerge", surviving=one, merged=other, emitted_at=LATER))["marks"]
        for one, other in [*circle[1:], *circle]
    ]
    assert marks == [["nothing_changed"], [], [], ["nothing_changed"], ["nothing_changed"]]
    assert await owners(admission) == sorted([rose, iris, lily])


async def test_two_who_are_one_by_a_link_and_by_a_merge_are_separated_by_the_second_end(
    hospital: House,
) -> None:
    await hospital.person(ROSE)
    await hospital.person(IRIS)
    of = {"surviving": ROSE, "merged": IRIS}
    marks = [
        (await state(hospital, action, **of, emitted_at=f"2026-03-01T1{hour}:00:00+01:00"))["marks"]
        for hour, action in enumerate(["link", "unlink", "merge", "unlink", "link", "unmerge", "unlink"])
    ]
    nothing = ["nothing_changed"]
    assert marks == [[], [], [], nothing, nothing, nothing, []]


async def test_a_statement_counts_once_and_its_receipt_is_given_again(
    admission: Admission, hospital: House
) -> None:
    await hospital.person(ROSE)
    await hospital.person(IRIS)
    stated = {"source_event_id": "A40-1", "surviving": ROSE, "merged": IRIS}
    first = await offer(hospital, "merge", **stated)
    published = len(await admission.rows("SELECT FROM ledger"))
    again = await offer(hospital, "merge", **stated)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(await admission.rows("SELECT FROM ledger")) == published
    other = await offer(hospital, "merge", **stated | {"merged": LILY})
    assert (other.status_code, len(other.json()["given_sha256"])) == (409, 64)
    assert (await offer(hospital, "unmerge", **stated)).status_code == 409


async def test_a_merge_before_its_movements_finds_them_later(admission: Admission, hospital: House) -> None:
    person = (await state(hospital, "merge", surviving=ROSE, merged=IRIS))["person_id"]
    assert await hospital.person(IRIS) == await hospital.person(ROSE) == person


@pytest.mark.parametrize("order", [("merge", "unmerge"), ("unmerge", "merge")])
async def test_of_two_statements_the_one_emitted_later_counts(
    admission: Admission, hospital: House, order: tuple[str, str]
) -> None:
    rose, iris = await hospital.person(ROSE), await hospital.person(IRIS)
    emitted = {"merge": NOW, "unmerge": LATER}
    marks = [
        (await state(hospital, action, surviving=ROSE, merged=IRIS, emitted_at=emitted[action]))["marks"]
        for action in order
    ]
    assert await owners(admission) == sorted([rose, iris])
    assert marks == ([[], []] if order[0] == "merge" else [["nothing_changed"], ["superseded"]])


async def test_a_clock_that_is_ahead_holds_no_two_together(admission: Admission, hospital: House) -> None:
    rose, iris = await hospital.person(ROSE), await hospital.person(IRIS)
    await state(hospital, "merge", surviving=ROSE, merged=IRIS, emitted_at="2199-01-01T00:00:00Z")
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    await state(hospital, "unmerge", surviving=ROSE, merged=IRIS, emitted_at=later)
    assert await owners(admission) == sorted([rose, iris])


async def test_a_stay_and_a_movement_move_to_the_right_person(admission: Admission, hospital: House) -> None:
    person = {"identifiers": [ROSE]}
    for stay, number in (("stay-1", "m-1"), ("stay-1", "m-2"), ("stay-2", "m-3"), ("stay-3", "m-4")):
        body = movement(person=person, stay_id=stay, movement_id=number)
        rose = (await admission.post(hospital.source, body)).json()["person_id"]
    iris = await hospital.person(IRIS)
    receipt = await state(hospital, "move", to=IRIS, former=ROSE, stay_ids=["stay-1"], movement_ids=["m-4"])
    assert receipt["person_id"] == iris
    assert await owners(admission) == sorted([rose, *[iris] * 4])
    again = await state(hospital, "move", to=IRIS, former=ROSE, stay_ids=["stay-1"])
    assert again["marks"] == ["nothing_changed"]


async def test_a_move_of_what_is_not_there_yet_says_so_and_moves_it_when_it_comes(
    admission: Admission, hospital: House
) -> None:
    iris, body = (
        await hospital.person(IRIS),
        movement(person={"identifiers": [ROSE]}, stay_id="s", movement_id="m"),
    )
    named: dict[str, Any] = {"to": IRIS, "former": ROSE, "stay_ids": ["s"], "movement_ids": ["m"]}
    early = await state(hospital, "move", **named)
    assert early["marks"] == ["not_stated_yet"]
    await admission.post(hospital.source, body)
    assert await owners(admission) == [iris, iris]
    partly = await state(hospital, "move", **named | {"movement_ids": ["m", "later"]})
    assert partly["marks"] == ["not_stated_yet"]
    assert await owners(admission) == [iris, iris]
    assert (await state(hospital, "move", **named))["marks"] == ["nothing_changed"]


async def test_a_changed_number_means_the_same_person_and_the_former_nobody(
    admission: Admission, hospital: House
) -> None:
    rose = await hospital.person(ROSE)
    receipt = await state(hospital, "change-number", former=ROSE, number=LILY)
    assert (receipt["person_id"], receipt["marks"]) == (rose, [])
    again = await state(hospital, "change-number", former=ROSE, number=LILY)
    assert (again["person_id"], again["marks"]) == (rose, ["nothing_changed"])
    assert await hospital.person(LILY) == rose
    other = await hospital.person(ROSE, moment=LATER)
    assert other != rose
    for _ in range(2):  # from before the change, and late, whoever has the number by now
        assert await hospital.person(ROSE) == rose
        again = await state(hospital, "change-number", former=ROSE, number=LILY)
        assert (again["person_id"], again["marks"]) == (rose, ["nothing_changed"])
        assert await hospital.person(ROSE, moment=LATER) == other


async def test_a_change_to_another_persons_number_changes_nothing(
    admission: Admission, hospital: House
) -> None:
    rose, iris = await hospital.person(ROSE), await hospital.person(IRIS)
    receipt = await state(hospital, "change-number", former=ROSE, number=IRIS)
    assert receipt["marks"] == ["identity_conflict"]
    assert (await hospital.person(ROSE), await hospital.person(IRIS)) == (rose, iris)


async def test_a_change_that_comes_after_the_new_number_is_in_use_is_no_conflict(
    admission: Admission, hospital: House
) -> None:
    lily = await hospital.person(LILY)
    receipt = await state(hospital, "change-number", former=ROSE, number=LILY)
    assert (receipt["person_id"], receipt["marks"]) == (lily, ["nothing_changed"])
    assert await hospital.person(ROSE) == lily  # from before the change, and late


async def test_a_change_that_comes_after_movements_of_both_numbers_makes_them_one_person(
    admission: Admission, hospital: House
) -> None:
    """The new number's movement, a late one of the former number, and only then the change."""
    await hospital.person(LILY, moment=LATER)
    rose = await hospital.person(ROSE, moment=EARLIER)
    receipt = await state(hospital, "change-number", former=ROSE, number=LILY)
    assert receipt["marks"] == []
    one = await hospital.person(LILY, moment=LATER)
    assert await hospital.person(ROSE, moment=EARLIER) == one
    assert len(set(await owners(admission))) == 1
    assert await hospital.person(ROSE, moment=LATER) not in {one, rose}, "it may be given again"


async def test_a_change_to_the_number_of_somebody_with_other_traits_changes_nothing(
    admission: Admission, hospital: House
) -> None:
    await hospital.person(LILY, moment=LATER, traits=TRAITS | {"birth_name": "Petit"})
    await hospital.person(ROSE, moment=EARLIER)
    receipt = await state(hospital, "change-number", former=ROSE, number=LILY)
    assert receipt["marks"] == ["identity_conflict"]
    assert len(set(await owners(admission))) == 2


async def test_a_deleted_ins_means_nobody_elsewhere_any_more(admission: Admission, hospital: House) -> None:
    """A47 with an empty number: the identity was qualified by mistake."""
    clinic = await House.of(admission, CLINIC)
    here = await hospital.person(ROSE, INS)
    await state(hospital, "delete-number", number=INS)
    assert await hospital.person(ROSE) == here
    assert await clinic.person(INS) != here
    nobody = await state(hospital, "delete-number", number=LILY)
    assert nobody["marks"] == ["nothing_changed"]


async def test_an_establishment_puts_right_its_own_numbers_only(
    admission: Admission, hospital: House
) -> None:
    clinic = await House.of(admission, CLINIC)
    rose, iris = await hospital.person(ROSE), await hospital.person(IRIS)
    await state(clinic, "merge", surviving=ROSE, merged=IRIS)
    await state(clinic, "delete-number", number=ROSE)
    assert (await hospital.person(ROSE), await hospital.person(IRIS)) == (rose, iris)
    foreign = await offer(clinic, "merge", surviving=ROSE, merged=IRIS, establishment=HOSPITAL)
    assert foreign.status_code == 403


@pytest.mark.parametrize(
    ("action", "stated", "pointers"),
    [
        ("merge", {"surviving": ROSE, "merged": ROSE}, ["/surviving"]),
        ("merge", {"surviving": ROSE, "merged": INS | {"value": "1"}}, ["/merged/value"]),
        ("merge", {"surviving": ROSE | {"type": "NH"}, "merged": IRIS}, ["/surviving"]),
        ("merge", {"surviving": ROSE}, ["/merged"]),
        ("move", {"to": ROSE, "former": IRIS}, ["/stay_ids"]),
        ("delete-number", {}, ["/number"]),
        ("delete-number", {"number": ROSE, "emitted_at": "0001-01-01T00:00:00+01:00"}, ["/emitted_at"]),
        ("delete-number", {"number": ROSE, "emitted_at": "9999-12-31T23:59:59-01:00"}, ["/emitted_at"]),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_its_pointer(
    hospital: House, action: str, stated: dict[str, Any], pointers: list[str]
) -> None:
    answer = await offer(hospital, action, **stated)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


async def test_no_number_of_a_statement_is_stored_in_the_clear(admission: Admission, hospital: House) -> None:
    await state(hospital, "merge", surviving=ROSE, merged=IRIS, reason="said in confidence")
    stored = str(await admission.rows("SELECT * FROM identity_statements"))
    assert "IPP-rose" not in stored
    assert "confidence" not in stored
