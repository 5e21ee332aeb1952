"""A unit is published once its establishment registered it; until then only that one is shown it."""

from typing import Any

import msgspec

from tests.integration.admission.running import Admission, bearer, register_unit
from tests.unit.admission.bodies import CLINIC, identifier, movement

WARD = "Chambre de Mme Dupont"
BY = {"medical_unit": "UF Dupont", "nursing_unit": "3401", "attending_doctor": "10001234565"}


async def published(admission: Admission) -> list[Any]:
    rows = await admission.rows("SELECT data FROM ledger JOIN submissions USING (event_id) ORDER BY id")
    return [msgspec.json.decode(row["data"]) for row in rows]


async def test_a_unit_is_published_from_its_registration_on(admission: Admission) -> None:
    source, rose = await admission.source(), identifier("1")
    await register_unit(admission, "2101", establishment=CLINIC)
    answers = [await admission.post(source, movement(rose, unit="2101"))]
    await register_unit(admission, "2101")
    answers += [await admission.post(source, movement(rose, unit=" 2101 ", movement_id="m-2"))]
    assert [answer.json()["marks"] for answer in answers] == [["unit_unknown"], []]
    before, after = [event["unit"] for event in await published(admission)]
    assert before.startswith("unregistered:")
    assert after == "2101"


async def test_a_unit_that_nobody_registered_is_shown_to_its_establishment_alone(
    admission: Admission,
) -> None:
    source = await admission.source()
    receipt = (await admission.post(source, movement(unit=WARD, responsibility=BY))).json()
    path = f"/v1/receipts/{receipt['receipt_id']}"
    readers = [await admission.source(scopes=["read"]), await admission.source(None, ["operator", "read"])]
    colleague, operator = [
        (await admission.client.get(path, headers=bearer(reader.secret))).json() for reader in readers
    ]
    names = ("source_unit", "source_medical_unit", "source_nursing_unit")
    assert [colleague[name] for name in names] == [WARD, "UF Dupont", "3401"]
    assert [operator[name] for name in names] == [None, None, None]
    stored = await admission.rows("SELECT * FROM ledger JOIN submissions USING (event_id)")
    assert "Dupont" not in str(stored)


async def test_a_unit_that_cannot_be_read_is_shown_to_nobody(admission: Admission) -> None:
    source = await admission.source()
    for stated in ({"unit": 3401, "responsibility": None}, {"unit": "x" * 100, "responsibility": "Dupont"}):
        receipt = (await admission.post(source, movement() | stated)).json()
        path = f"/v1/receipts/{receipt['receipt_id']}"
        shown = await admission.client.get(path, headers=bearer(source.secret))
        assert (shown.status_code, shown.json()["source_unit"]) == (200, None)


async def test_deleting_a_unit_says_nothing_of_another(admission: Admission) -> None:
    source, rose = await admission.source(), identifier("1")
    arrival = movement(rose, unit="2101")
    update = movement(rose, movement_id=arrival["movement_id"], action="update", unit=None)
    for body in (arrival, update):
        await admission.post(source, body)
    assert [event.get("unit") is None for event in await published(admission)] == [False, True]
    assert "unit" in (await published(admission))[1].get("names", ["unit"])
