"""A key gives way to another of the same source: nothing that was sent becomes new by it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from services.admission.handlers.manage_access import NewSource
from services.admission.periodic.measure_keys import measure_keys
from services.admission.settings import Settings
from shared.events.admission import AccessGranted
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission, bearer
from tests.integration.admission.test_access import WANTED, operator, published
from tests.unit.admission.bodies import CLINIC, encoded, movement


async def rotated(admission: Admission, source: NewSource, **body: object) -> dict[str, Any]:
    headers = await operator(admission)
    answer = await admission.client.post(
        f"/v1/keys/{source.key.key_id}/rotations", json=body, headers=headers
    )
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    return dict(answer.json())


async def test_what_was_sent_under_the_old_key_gets_its_first_receipt_under_the_new_one(
    admission: Admission,
) -> None:
    source, body = await admission.source(), movement()
    first = await admission.post(source, body)
    new = await rotated(admission, source)
    again = await admission.client.post("/v1/movements", content=encoded(body), headers=bearer(new["key"]))
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert (await admission.post(source, body)).status_code == 200, "the old one goes on for a while"


async def test_the_old_key_ends_when_it_is_said_and_the_others_learn_both(
    open_admission: Open, admission_settings: Settings
) -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    async with open_admission(admission_settings, clock=lambda: now) as admission:
        source = await admission.source()
        new = await rotated(admission, source, old_ends_after_seconds=0, limits={"requests_per_second": 7})
        assert (await admission.post(source, movement())).status_code == 401
        events = await published(admission, str(source.source.source_id))
    granted = [event for event in events if isinstance(event, AccessGranted)]
    assert [event.key_id for event in granted] == [source.key.key_id, UUID(new["key_id"]), source.key.key_id]
    assert granted[1].expires_at == now + timedelta(days=365)
    assert (granted[1].limits.requests_per_second, granted[1].scopes) == (7, ("intake",))
    assert granted[2].expires_at == now


async def test_a_rotation_never_prolongs_a_key(admission: Admission) -> None:
    source = await admission.source()
    ends = (await rotated(admission, source, old_ends_after_seconds=60))["old_expires_at"]
    assert (await rotated(admission, source, old_ends_after_seconds=86_400))["old_expires_at"] == ends


async def test_only_a_valid_key_within_reach_is_rotated(admission: Admission) -> None:
    source, elsewhere = await admission.source(), await operator(admission, CLINIC)
    path = f"/v1/keys/{source.key.key_id}/rotations"
    assert (await admission.client.post(path, json={}, headers=elsewhere)).status_code == 404
    headers = await operator(admission)
    await admission.client.delete(f"/v1/keys/{source.key.key_id}", headers=headers)
    assert (await admission.client.post(path, json={}, headers=headers)).status_code == 404
    assert (await admission.client.post(path, json={}, headers=bearer(source.secret))).status_code == 401


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"])
async def test_no_key_ends_in_the_past_or_outlives_everybody(admission: Admission, expires_at: str) -> None:
    body = {**WANTED, "expires_at": expires_at}
    answer = await admission.client.post("/v1/sources", json=body, headers=await operator(admission))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/expires_at"


async def test_a_key_in_its_last_days_is_told_in_every_answer_listed_and_counted(
    admission: Admission,
) -> None:
    now = admission.service.spine.clock()
    ends = now + timedelta(days=20)
    headers = await operator(admission)
    body = {**WANTED, "expires_at": ends.isoformat(), "limits": {"concurrent_requests": 3}}
    created = (await admission.client.post("/v1/sources", json=body, headers=headers)).json()
    answer = await admission.client.post("/v1/movements", content=b"{}", headers=bearer(created["key"]))
    assert datetime.fromisoformat(answer.headers["key-expires-at"]) == ends
    assert "key-expires-at" not in (await admission.client.get("/v1/keys", headers=headers)).headers
    keys = (await admission.client.get("/v1/keys", headers=headers)).json()["keys"]
    [listed] = [key for key in keys if key["key_id"] == created["key_id"]]
    assert datetime.fromisoformat(listed["expires_at"]) == ends
    assert listed["last_used_at"] is not None
    assert listed["limits"] == {"concurrent_requests": 3}
    await measure_keys(admission.service.dependencies)
    assert REGISTRY.get_sample_value("relais_api_keys_ending") == 1
    await admission.client.post(f"/v1/keys/{created['key_id']}/rotations", json={}, headers=headers)
    await measure_keys(admission.service.dependencies)
    assert REGISTRY.get_sample_value("relais_api_keys_ending") == 0
