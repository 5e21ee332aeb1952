"""An establishment shows a team of care what it states itself, signed, and nothing that others state."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from msgspec.structs import replace

from services.admission.settings import Settings
from shared.events.relations import RelationEnded, RelationGranted
from tests.integration.admission.conftest import Open
from tests.integration.admission.grants.published import in_force, published
from tests.integration.admission.houses import House
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, NOW, identifier

ROSE, IRIS = (identifier(f"IPP-{name}", "ipp") for name in ("rose", "iris"))
LATER = "2026-03-01T11:00:00+01:00"
SECRETS = ("Dr Arnaud", "C-118")


def team(**other: Any) -> dict[str, Any]:
    return {
        "basis": "team",
        "person": ROSE,
        "establishments": [CLINIC],
        "ends_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        "by": "Dr Arnaud",
        "consent": {"given_at": NOW, "reference": "C-118"},
    } | other


async def declare(admission: Admission, key: dict[str, str], **other: Any) -> httpx.Response:
    return await admission.client.post("/v1/grants", json=team(**other), headers=key)


@pytest.fixture
async def hospital(admission: Admission) -> House:
    return await House.of(admission, HOSPITAL)


@pytest.fixture
async def circle_key(admission: Admission) -> dict[str, str]:
    return bearer((await admission.source(HOSPITAL, ["circle"])).secret)


async def test_a_team_sees_what_its_declarer_states_until_the_end(
    admission: Admission, hospital: House, circle_key: dict[str, str]
) -> None:
    rose = await hospital.person(ROSE)
    answer = await declare(admission, circle_key)
    assert (answer.status_code, answer.json()["person_id"]) == (201, rose)
    [(subject, granted)] = await published(admission)
    assert isinstance(granted, RelationGranted)
    assert (str(subject), granted.basis, granted.revision) == (rose, "team", 1)
    assert (granted.establishments, granted.of) == ((CLINIC,), (HOSPITAL,))
    url = f"/v1/grants/{answer.json()['grant_id']}"
    stranger = bearer((await admission.source(CLINIC, ["circle"])).secret)
    assert (await admission.client.delete(url, headers=stranger)).status_code == 404
    for _ in range(2):
        assert (await admission.client.delete(url, headers=circle_key)).status_code == 204
    [_, (_, ended)] = await published(admission)
    assert ended.revision > granted.revision
    assert isinstance(ended, RelationEnded)


async def test_nobody_declares_a_team_for_a_person_of_whom_they_state_nothing(
    admission: Admission, hospital: House
) -> None:
    await hospital.person(ROSE)
    stranger = bearer((await admission.source(CLINIC, ["circle"])).secret)
    theirs = await declare(admission, stranger, establishments=[CLINIC])
    nobodys = await declare(admission, stranger, person=identifier("IPP-nobody", "ipp"))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert await published(admission) == []


async def test_who_declared_it_on_what_consent_stays_sealed(
    admission: Admission, hospital: House, circle_key: dict[str, str]
) -> None:
    await hospital.person(ROSE)
    await declare(admission, circle_key)
    for table in ("grants", "ledger"):
        stored = str(await admission.rows(f"SELECT t::text FROM {table} t"))  # noqa: S608
        assert not any(secret in stored or secret.encode().hex() in stored for secret in SECRETS)


@pytest.mark.parametrize("days", [-1, 400])
async def test_a_team_ends_within_a_year(admission: Admission, circle_key: dict[str, str], days: int) -> None:
    ends_at = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    answer = await declare(admission, circle_key, ends_at=ends_at)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/ends_at"]


@pytest.mark.parametrize("before", [True, False])
async def test_a_grant_follows_its_person_into_a_merge_and_out_of_it(
    admission: Admission, hospital: House, circle_key: dict[str, str], before: bool
) -> None:
    rose, iris = UUID(await hospital.person(ROSE)), UUID(await hospital.person(IRIS))
    if before:
        await declare(admission, circle_key, person=IRIS)
        assert (await in_force(admission)).keys() == {iris}
    for action, emitted_at, holder in (("merge", NOW, rose), ("unmerge", LATER, iris)):
        answer = await admission.client.post(
            f"/v1/identities/{action}",
            json={
                "source_event_id": action,
                "establishment": HOSPITAL,
                "emitted_at": emitted_at,
                "surviving": ROSE,
                "merged": IRIS,
            },
            headers=bearer(hospital.source.secret),
        )
        assert answer.status_code == 202
        if not before and action == "merge":
            await declare(admission, circle_key, person=IRIS)
        assert (await in_force(admission)).keys() == {holder}


async def test_without_a_key_to_sign_nothing_is_granted(
    admission_settings: Settings, open_admission: Open
) -> None:
    async with open_admission(replace(admission_settings, grant_signing_key="")) as admission:
        key = bearer((await admission.source(HOSPITAL, ["circle"])).secret)
        answer = await declare(admission, key)
        assert answer.status_code == 503
        assert "RELAIS_GRANT_SIGNING_KEY" in answer.json()["title"]
