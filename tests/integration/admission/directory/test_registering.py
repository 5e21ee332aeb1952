"""What operators register by hand: establishments, units, shared identity domains."""

from typing import Any

import httpx
import pytest

from services.admission.domain.identifiers import identity_domain_of
from services.admission.storage.directory.affiliations import affiliations_of
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL

LEGAL = "750721334"


async def put(
    admission: Admission, path: str, body: dict[str, Any], *, establishment: str | None = None
) -> httpx.Response:
    key = (await admission.source(establishment, ["operator"])).secret
    return await admission.client.put(path, json=body, headers=bearer(key))


async def get(admission: Admission, path: str) -> httpx.Response:
    return await admission.client.get(path, headers=bearer((await admission.source()).secret))


async def test_an_establishment_that_no_extract_lists_is_registered(admission: Admission) -> None:
    body = {"name": "Clinique", "legal_entity": LEGAL, "time_zone": "Pacific/Noumea"}
    assert (await put(admission, f"/v1/establishments/{HOSPITAL}", body)).status_code == 200
    found = (await get(admission, f"/v1/establishments/{HOSPITAL}")).json()
    assert found["establishment"] == body | {"finess": HOSPITAL, "level": "site"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "a", "legal_entity": "750721335"}, "/legal_entity"),
        ({"name": "a", "legal_entity": LEGAL, "level": "legal_entity"}, "/legal_entity"),
        ({"name": "a", "time_zone": "Europe/Nowhere"}, "/time_zone"),
        ({"name": " "}, "/name"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_pointer(
    admission: Admission, body: dict[str, Any], pointer: str
) -> None:
    answer = await put(admission, f"/v1/establishments/{HOSPITAL}", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("path", ["establishments/750000003", "professionals/1"])
async def test_a_number_with_a_wrong_key_is_refused(admission: Admission, path: str) -> None:
    assert (await get(admission, f"/v1/{path}")).status_code == 422


async def test_what_nobody_listed_is_not_found(admission: Admission) -> None:
    assert (await get(admission, f"/v1/establishments/{CLINIC}")).status_code == 404
    assert (await get(admission, "/v1/establishments/%00")).status_code == 404
    assert (await get(admission, "/v1/professionals/10100000008")).status_code == 404


async def test_an_establishment_has_units(admission: Admission) -> None:
    unit = {"name": "Cardiologie", "kind": "medicine", "beds": 24, "phone": "+33 1 99 00 12 34"}
    path = f"/v1/establishments/{HOSPITAL}/units/3401"
    assert (await put(admission, path, unit)).status_code == 404
    await put(admission, f"/v1/establishments/{HOSPITAL}", {"name": "Hôpital"})
    assert (await put(admission, path, unit, establishment=CLINIC)).status_code == 403
    assert (await put(admission, path, unit, establishment=HOSPITAL)).status_code == 200
    assert (await put(admission, path, unit | {"beds": 20})).status_code == 200
    assert (await put(admission, path[:-4] + "%00", unit)).status_code == 404
    found = (await get(admission, f"/v1/establishments/{HOSPITAL}")).json()
    assert found["units"] == [unit | {"code": "3401", "beds": 20}]


async def test_a_domain_is_shared_under_every_spelling_of_its_authority(admission: Admission) -> None:
    body = {"authority": "urn:oid:1.2.250.1.999.1", "members": [HOSPITAL, CLINIC, HOSPITAL]}
    answer = await put(admission, "/v1/identity-domains/north", body)
    shared = {"domain": "north", "authority": "1.2.250.1.999.1", "members": [HOSPITAL, CLINIC]}
    assert answer.json() == shared
    operator = bearer((await admission.source(None, ["operator"])).secret)
    listed = await admission.client.get("/v1/identity-domains", headers=operator)
    assert listed.json() == {"domains": [shared]}
    known = await affiliations_of(admission.service.spine.pool, [CLINIC])
    assert identity_domain_of(known[CLINIC], "1.2.250.1.999.1") == "north"


async def test_an_establishment_shares_an_authority_in_one_domain_only(admission: Admission) -> None:
    body = {"authority": "IPP", "members": [HOSPITAL]}
    await put(admission, "/v1/identity-domains/north", body)
    answer = await put(admission, "/v1/identity-domains/south", body | {"members": [HOSPITAL, CLINIC]})
    assert (answer.status_code, answer.json()["elsewhere"]) == (409, {HOSPITAL: "north"})
    assert (await put(admission, "/v1/identity-domains/north", body)).status_code == 200


@pytest.mark.parametrize("name", ["750000002", "North", "-a", "a b", "a" * 61])
async def test_a_domain_is_never_named_like_an_establishment(admission: Admission, name: str) -> None:
    body = {"authority": "IPP", "members": [HOSPITAL]}
    assert (await put(admission, f"/v1/identity-domains/{name}", body)).status_code == 422


async def test_only_an_operator_of_the_platform_registers(admission: Admission) -> None:
    for path, body in (
        (f"establishments/{HOSPITAL}", {"name": "a"}),
        ("identity-domains/north", {"authority": "IPP", "members": [HOSPITAL]}),
    ):
        assert (await put(admission, f"/v1/{path}", body, establishment=HOSPITAL)).status_code == 403
