"""Whatever is stated, read or refused leaves an entry, and what is done to it afterwards is found."""

import asyncio
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from msgspec.structs import replace

from services.admission.settings import Settings
from shared.spine.audit.duties import AuditKeeper
from tests.integration.admission.conftest import Open
from tests.integration.admission.houses import INS, House
from tests.integration.admission.running import Admission, bearer
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier, movement

pytestmark = pytest.mark.services

KEY = bytes(range(32))
ENTRIES = "SELECT * FROM audit.entries ORDER BY at, stage, number"


@pytest.fixture
async def admission(open_admission: Open, admission_settings: Settings) -> AsyncIterator[Admission]:
    settings = replace(admission_settings, audit_key=b64encode(KEY).decode())
    async with open_admission(settings) as opened:
        yield opened


async def entries(admission: Admission, operation: str) -> list[dict[str, Any]]:
    return [row for row in await admission.rows(ENTRIES) if row["operation"] == operation]


async def verified(admission: Admission, **query: str) -> dict[str, Any]:
    operator = await admission.source(None, ["operator"])
    answer = await admission.operations.get(
        "/v1/audit/verification", headers=bearer(operator.secret), params=query
    )
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_movement_and_its_repetition_are_recorded_with_their_commit(admission: Admission) -> None:
    source = await admission.source()
    body = movement(identifier("1"))
    receipt = (await admission.post(source, body)).json()
    await admission.post(source, body)
    stated, repeated = await entries(admission, "state_movement")
    assert str(stated["person_id"]) == str(repeated["person_id"]) == receipt["person_id"]
    assert (stated["why"], repeated["why"]) == ("states", "repeated")
    assert (stated["key_id"], stated["source_id"], stated["establishment"]) == (
        source.key.key_id,
        source.source.source_id,
        HOSPITAL,
    )
    assert stated["object_id"] == repeated["object_id"]
    assert (await verified(admission))["faults"] == []


async def test_each_of_several_that_come_at_once_is_recorded(admission: Admission) -> None:
    source, body = await admission.source(), movement(identifier("1"))
    answers = await asyncio.gather(*(admission.post(source, body) for _ in range(8)))
    assert {answer.json()["event_id"] for answer in answers} == {
        str(entry["object_id"]) for entry in await entries(admission, "state_movement")
    }
    recorded = await entries(admission, "state_movement")
    assert Counter(entry["why"] for entry in recorded) == {"states": 1, "repeated": 7}
    assert len({entry["access_id"] for entry in recorded}) == 8


async def find(admission: Admission, establishment: str) -> httpx.Response:
    reader = await admission.source(establishment, ["read"])
    return await admission.client.get(
        "/v1/persons",
        params={"authority": INS["authority"], "value": INS["value"]},
        headers=bearer(reader.secret),
    )


async def test_the_person_sees_who_found_her_and_who_was_refused(admission: Admission) -> None:
    person = await (await House.of(admission, HOSPITAL)).person(INS)
    assert (await find(admission, HOSPITAL)).json()["persons"] == [{"person_id": person}]
    assert (await find(admission, CLINIC)).json()["persons"] == []
    operator = await admission.source(None, ["operator"])
    officer = await admission.source(CLINIC, ["privacy"])
    path = f"/v1/persons/{person}/accesses"
    everything = (await admission.client.get(path, headers=bearer(operator.secret))).json()["accesses"]
    assert [(one["stage"], one["establishment"], one["why"]) for one in everything[:2]] == [
        ("refused", CLINIC, "unrelated"),
        ("done", HOSPITAL, "states"),
    ]
    own = (await admission.client.get(path, headers=bearer(officer.secret))).json()["accesses"]
    assert {one["establishment"] for one in own} == {CLINIC}
    assert [one["stage"] for one in await entries(admission, "read_accesses")] == ["done", "done"]


@pytest.mark.parametrize(
    "attack",
    ["UPDATE audit.entries SET why = NULL", "DELETE FROM audit.entries", "TRUNCATE audit.entries"],
)
async def test_entries_can_only_be_added(admission: Admission, attack: str) -> None:
    await admission.post(await admission.source(), movement(identifier("1")))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admission.service.spine.pool.execute(attack)


ATTACKS = {
    "UPDATE audit.entries SET establishment = '690000013' WHERE number = 2": "altered",
    "DELETE FROM audit.entries WHERE number = 2": "removed",
    "DELETE FROM audit.entries WHERE number = 3": "removed",
    """INSERT INTO audit.entries SELECT gen_random_uuid(), 1, at, access_id, operation, stage, why, person_id,
        object_id, key_id, source_id, establishment, digest FROM audit.entries WHERE number = 2""": "altered",
    "UPDATE audit.heads SET tips = '[]'": "head altered",
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_the_owner_of_the_tables_changes_nothing_unseen(admission: Admission, attack: str) -> None:
    source, pool = await admission.source(), admission.service.spine.pool
    for number in range(3):
        await admission.post(source, movement(identifier("1"), source_event_id=f"e-{number}"))
    keeper = AuditKeeper(pool, KEY, lambda: datetime.now(UTC))
    assert await keeper.seal_and_verify() == set()
    for table in ("entries", "heads"):
        await pool.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER append_only")
    await pool.execute(attack)
    assert ATTACKS[attack] in {each.fault for each in await keeper.seal_and_verify()}
    assert ATTACKS[attack] in {each["fault"] for each in (await verified(admission))["faults"]}


async def test_a_head_that_was_kept_elsewhere_is_missed(admission: Admission) -> None:
    kept = f"1:{'00' * 32}"
    assert (await verified(admission, head=kept))["faults"] == [{"fault": "head removed", "number": 1}]


async def test_what_cannot_be_recorded_is_neither_shown_nor_done(admission: Admission) -> None:
    await (await House.of(admission, HOSPITAL)).person(INS)
    operator = await admission.source(None, ["operator"])
    await admission.service.spine.pool.execute("ALTER TABLE audit.entries RENAME TO gone")
    answer = await find(admission, HOSPITAL)
    assert answer.status_code == 500
    assert b"person_id" not in answer.content
    wanted = {"name": "x", "establishment": HOSPITAL, "scopes": ["read"]}
    created = await admission.client.post("/v1/sources", json=wanted, headers=bearer(operator.secret))
    assert created.status_code == 500
    assert await admission.rows("SELECT * FROM sources WHERE name = 'x'") == []
