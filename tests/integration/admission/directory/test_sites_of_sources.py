"""A source may state for several registered sites of its legal entity, and for no other."""

from typing import Any

import httpx
import msgspec

from shared.events.admission import AccessGranted
from tests.integration.admission.directory.test_affiliations import (
    LEGAL,
    OTHER_SITE,
    SITE,
    STRANGER,
    register_sites,
)
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import AUTHORITY, encoded, identifier, movement

WANTED: dict[str, Any] = {"name": "group's software", "scopes": ["intake", "read"]}


async def create(
    admission: Admission, body: dict[str, Any], *, operator_of: str | None = None
) -> httpx.Response:
    operator = await admission.source(operator_of, ["operator"])
    return await admission.client.post("/v1/sources", json=WANTED | body, headers=bearer(operator.secret))


async def test_a_source_states_for_each_of_its_sites(admission: Admission) -> None:
    await register_sites(admission)
    created = await create(admission, {"establishment": LEGAL, "sites": [SITE, OTHER_SITE]})
    assert (created.status_code, created.json()["sites"]) == (201, [SITE, OTHER_SITE])
    headers = bearer(created.json()["key"])
    posted = [
        await admission.client.post("/v1/movements", json=movement(establishment=finess), headers=headers)
        for finess in (LEGAL, SITE, OTHER_SITE, STRANGER)
    ]
    assert [answer.status_code for answer in posted] == [202, 202, 202, 403]
    lines = b"\n".join(encoded(movement(establishment=finess)) for finess in (SITE, STRANGER))
    batch = await admission.client.post("/v1/movements:batch", content=lines, headers=headers)
    assert [msgspec.json.decode(line)["status"] for line in batch.content.splitlines()] == [202, 403]


async def test_it_reads_what_it_stated_in_each_of_them(admission: Admission) -> None:
    source = await admission.source(SITE, ["intake", "read"], sites=[OTHER_SITE])
    headers = bearer(source.secret)
    posted = (await admission.post(source, movement(identifier("7"), establishment=OTHER_SITE))).json()
    receipt = await admission.client.get(f"/v1/receipts/{posted['receipt_id']}", headers=headers)
    assert receipt.status_code == 200
    query = {"authority": AUTHORITY, "value": "7"}
    found = await admission.client.get("/v1/persons", params=query, headers=headers)
    assert found.json() == {"persons": [{"person_id": posted["person_id"]}]}


async def test_a_source_of_a_site_may_have_its_sisters_and_their_legal_entity(admission: Admission) -> None:
    await register_sites(admission)
    created = await create(admission, {"establishment": SITE, "sites": [SITE, OTHER_SITE, LEGAL]})
    assert created.json()["sites"] == [LEGAL, OTHER_SITE]


async def test_sites_that_are_not_registered_are_refused_with_their_pointers(admission: Admission) -> None:
    await register_sites(admission)
    refused = await create(admission, {"establishment": LEGAL, "sites": [SITE, STRANGER]})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/sites/1"]
    nobodys = await create(admission, {"scopes": ["operator"], "sites": [SITE]})
    assert [error["pointer"] for error in nobodys.json()["errors"]] == ["/sites"]


async def test_an_operator_of_a_site_gives_no_access_to_its_sisters(admission: Admission) -> None:
    await register_sites(admission)
    body = {"establishment": SITE, "sites": [OTHER_SITE]}
    assert (await create(admission, body, operator_of=SITE)).status_code == 403


async def test_the_other_services_learn_of_the_sites(admission: Admission) -> None:
    await register_sites(admission)
    created = (await create(admission, {"establishment": LEGAL, "sites": [SITE]})).json()
    [row] = await admission.rows("SELECT data FROM ledger WHERE subject = $1", created["source_id"])
    assert msgspec.json.decode(row["data"], type=AccessGranted).sites == (SITE,)
