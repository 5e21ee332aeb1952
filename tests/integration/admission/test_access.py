"""Sources and keys are granted and revoked by operators, and the other services learn of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from services.admission.handlers.dependencies import Dependencies
from services.admission.periodic.register_first_operator import register_first_operator
from shared.events.admission import AccessGranted, AccessRevoked
from shared.events.registry import PAYLOADS
from shared.security.principal import new_key, sha256_of
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL

WANTED = {
    "name": "ward system",
    "establishment": HOSPITAL,
    "scopes": ["read", "intake"],
    "tolerance_seconds": 60,
}


async def operator(admission: Admission, establishment: str | None = None) -> dict[str, str]:
    return bearer((await admission.source(establishment, ["operator"])).secret)


async def published(admission: Admission, source_id: str) -> list[Any]:
    rows = await admission.rows(
        "SELECT type, data FROM ledger WHERE subject = $1 ORDER BY sequence", source_id
    )
    return [msgspec.json.decode(row["data"], type=PAYLOADS[row["type"]]) for row in rows]


async def test_an_operator_makes_a_source_whose_key_is_shown_once(admission: Admission) -> None:
    answer = await admission.client.post("/v1/sources", json=WANTED, headers=await operator(admission))
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    created = answer.json()
    [stored] = await admission.rows("SELECT * FROM api_keys WHERE source_id = $1", created["source_id"])
    assert stored["key_sha256"] == sha256_of(created["key"])
    [granted] = await published(admission, created["source_id"])
    assert granted == AccessGranted(
        key_id=stored["key_id"],
        key_sha256=stored["key_sha256"],
        source_id=stored["source_id"],
        scopes=("intake", "read"),
        establishment=HOSPITAL,
        expires_at=stored["expires_at"],
    )
    assert stored["expires_at"] - admission.service.spine.clock() > timedelta(days=364)


async def test_a_revoked_key_is_published_once_and_again_is_no_error(admission: Admission) -> None:
    source = await admission.source()
    headers = await operator(admission)
    for _ in range(2):
        answer = await admission.client.delete(f"/v1/keys/{source.key.key_id}", headers=headers)
        assert answer.status_code == 204
    events = await published(admission, str(source.source.source_id))
    assert events[1:] == [AccessRevoked(key_id=source.key.key_id)]
    assert (await admission.client.post("/v1/movements", headers=bearer(source.secret))).status_code == 401


@pytest.mark.parametrize("key_id", [str(UUID(int=1)), "no-id"])
async def test_an_unknown_key_is_not_found(admission: Admission, key_id: str) -> None:
    answer = await admission.client.delete(f"/v1/keys/{key_id}", headers=await operator(admission))
    assert answer.status_code == 404


async def test_an_operator_of_an_establishment_has_no_power_beyond_it(admission: Admission) -> None:
    elsewhere = await admission.source(CLINIC)
    headers = bearer((await admission.source(HOSPITAL, ["operator", "read", "intake"])).secret)
    beyond = WANTED | {"scopes": ["read", "circle"]}
    answers = [
        await admission.client.post("/v1/sources", json=beyond, headers=headers),
        await admission.client.post("/v1/sources", json=WANTED | {"establishment": CLINIC}, headers=headers),
        await admission.client.post(
            "/v1/sources", json=WANTED | {"establishment": None, "scopes": ["operator"]}, headers=headers
        ),
        await admission.client.delete(f"/v1/keys/{elsewhere.key.key_id}", headers=headers),
        await admission.client.post("/v1/sources", json=WANTED, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 404, 201]


async def test_only_operators_manage_access(admission: Admission) -> None:
    headers = bearer((await admission.source(scopes=["intake", "read", "circle"])).secret)
    assert (await admission.client.post("/v1/sources", json=WANTED, headers=headers)).status_code == 403
    assert (await admission.client.delete(f"/v1/keys/{uuid4()}", headers=headers)).status_code == 403


async def test_a_source_without_an_establishment_must_be_an_operator(admission: Admission) -> None:
    wanted = {"name": " ", "scopes": ["read"], "tolerance_seconds": -1}
    headers = await operator(admission)
    answer = await admission.client.post("/v1/sources", json=wanted, headers=headers)
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/name", "/tolerance_seconds"}
    answer = await admission.client.post(
        "/v1/sources", json=wanted | {"name": "a", "tolerance_seconds": 0}, headers=headers
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/establishment"]


async def run_once(dependencies: Dependencies, key_sha256: str) -> None:
    stop = asyncio.Event()
    stop.set()
    await register_first_operator(replace(dependencies, bootstrap_key_sha256=key_sha256), stop)


async def test_the_first_key_of_the_platform_is_let_in_once(admission: Admission) -> None:
    key, key_sha256 = new_key()
    await asyncio.gather(*(run_once(admission.service.dependencies, key_sha256) for _ in range(4)))
    assert (await admission.client.post("/v1/sources", json=WANTED, headers=bearer(key))).status_code == 201
    rows = await admission.rows(
        "SELECT source_id, establishment, scopes FROM api_keys WHERE key_sha256 = $1", key_sha256
    )
    assert [(row["establishment"], row["scopes"]) for row in rows] == [
        (None, ["circle", "intake", "ledger", "operator", "privacy", "read"])
    ]
    assert len(await published(admission, str(rows[0]["source_id"]))) == 1


async def test_a_first_key_that_was_revoked_stays_so(admission: Admission) -> None:
    key, key_sha256 = new_key()
    await run_once(admission.service.dependencies, key_sha256)
    [row] = await admission.rows("SELECT key_id FROM api_keys WHERE key_sha256 = $1", key_sha256)
    headers = await operator(admission)
    await admission.client.delete(f"/v1/keys/{row['key_id']}", headers=headers)
    await run_once(admission.service.dependencies, key_sha256)
    assert (await admission.client.post("/v1/sources", json=WANTED, headers=bearer(key))).status_code == 401
