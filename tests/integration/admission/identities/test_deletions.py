"""Nothing that was emitted of a deleted stay holds, whether it comes before or after the deletion."""

import pytest

from tests.integration.admission.hl7v2.door import adt, codes, send
from tests.integration.admission.houses import House
from tests.integration.admission.identities.test_statements import IRIS, LATER, ROSE, state
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import HOSPITAL, movement

_TYPES = """
SELECT substring(type FROM 'admission\\.(.*)\\.v1') AS type FROM ledger WHERE type LIKE '%movement%'
    OR type LIKE '%patient%' ORDER BY subject, sequence
"""


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


def _of_rose(number: str, **more: str) -> dict[str, object]:
    return movement(person={"identifiers": [ROSE]}, stay_id="s", movement_id=number, **more)


async def _published(admission: Admission) -> list[str]:
    return [row["type"] for row in await admission.rows(_TYPES)]


async def test_what_is_there_is_cancelled_and_what_comes_late_never_holds(
    admission: Admission, hospital: House
) -> None:
    deletion = {"number": ROSE, "stay_ids": ["s"], "emitted_at": LATER}
    assert (await state(hospital, "delete-stay", **deletion))["marks"] == ["not_stated_yet"]
    await admission.post(hospital.source, _of_rose("m-1"))
    await admission.post(hospital.source, _of_rose("m-2", kind="leave"))
    assert await _published(admission) == [
        "movement-cancelled",
        "patient-admitted",
        "further-movement-cancelled",
        "further-movement-stated",
    ]
    assert (await state(hospital, "delete-stay", **deletion))["marks"] == ["nothing_changed"]
    anew = _of_rose("m-1", source_event_id="anew", emitted_at="2026-03-01T12:00:00+01:00")
    await admission.post(hospital.source, anew)
    assert (await state(hospital, "delete-stay", **deletion))["marks"] == ["superseded"]
    again = deletion | {"emitted_at": "2026-03-01T13:00:00+01:00"}
    assert (await state(hospital, "delete-stay", **again))["marks"] == []
    assert (await _published(admission))[4:] == ["patient-admitted", "movement-cancelled"]
    await admission.post(hospital.source, _of_rose("m-3") | {"person": {"identifiers": [IRIS]}})
    assert (await _published(admission)).count(
        "movement-cancelled"
    ) == 2  # who has the number, too, has a stay


async def test_a_message_deletes_a_visit(admission: Admission) -> None:
    source = await admission.source()
    for event, number in (("A01", "1"), ("A02", "2"), ("A21", "3"), ("A16", "4")):
        assert codes(await send(admission, source, adt(event, control_id=number, number=number))) == ["AA"]
    deletion = adt("A23", control_id="5", number="1", action="CANCEL", original="A01")
    for _ in range(2):
        assert codes(await send(admission, source, deletion)) == ["AA"]
    published = await _published(admission)
    assert sorted(published[4:]) == sorted([*["movement-cancelled"] * 2, *["further-movement-cancelled"] * 2])
