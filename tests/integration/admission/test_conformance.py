"""What was wrong with what a source sent is counted by day, without anything of it, and shown to its own."""

from collections import Counter
from typing import Any

from services.admission.handlers.conformance import forget_conformance
from services.admission.handlers.tally import store_tally
from tests.integration.admission.hl7v2.door import adt, send
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, NAME, encoded, movement


async def shown(admission: Admission, source_id: object, key: str) -> dict[str, Any]:
    answer = await admission.client.get(f"/v1/sources/{source_id}/conformance", headers=bearer(key))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_every_door_counts_and_only_the_establishment_sees_it(admission: Admission) -> None:
    source, dependencies = await admission.source(), admission.service.dependencies
    source_id, headers = source.source.source_id, bearer(source.secret)
    good = movement()
    await admission.post(source, good)
    await admission.post(source, good | {"unit": "OTHER"})
    await admission.post(source, movement(unit="x" * 100))
    await admission.post(source, {NAME: 1})
    await send(admission, source, adt())
    await send(admission, source, adt(control_id=""))
    lines = b"\n".join([encoded(movement()), encoded(movement(kind=NAME))])
    await admission.client.post("/v1/movements:batch", content=lines, headers=headers)
    await admission.client.post("/v1/sandbox", content=b"{}", headers=headers)
    await store_tally(dependencies)
    await store_tally(dependencies)
    found = await shown(admission, source_id, source.secret)
    [day] = found["days"]
    assert (day["seen"], day["faulty"], found["score"]) == (8, 6, 0.25)
    problems = Counter({each["problem"]: each["times"] for each in found["problems"]})
    assert len(found["problems"]) == 10
    assert problems["422 /kind"] == 2
    await send(admission, source, adt(control_id=""))
    await store_tally(dependencies)
    assert (await shown(admission, source_id, source.secret))["days"][0]["seen"] == 9
    names = {row["problem"] for row in await admission.rows("SELECT problem FROM conformance_problems")}
    assert {"409", "ignored /unit", "101 MSH-10", "103 PV1-3"} <= names
    assert not any(NAME in name for name in names)

    path = f"/v1/sources/{source_id}/conformance"
    for other in (await admission.source(CLINIC), await admission.source(CLINIC, scopes=("operator",))):
        assert (await admission.client.get(path, headers=bearer(other.secret))).status_code == 404
    await forget_conformance(dependencies)
    assert len(await admission.rows("SELECT * FROM conformance_days")) == 1
