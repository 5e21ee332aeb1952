"""A person with a name, numbers, carers and reasons like nobody else's is known everywhere, and erased."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from services.admission.handlers.manage_access import NewSource
from services.notifications.handlers.delivery.claim_due import claim_due
from tests.integration.admission.hl7v2.door import adt
from tests.integration.admission.running import bearer
from tests.security.erasure.platform import Platform, running_platform
from tests.unit.admission.bodies import CLINIC, HOSPITAL, identifier, movement

pytestmark = pytest.mark.services

NUMBER: Final = "270055512345678"
SECRETS: Final = tuple(
    each.encode()
    for each in (
        *(NUMBER, "ZZSECRETNAME", "Quasimodine", "1941-05-17", "IEP-4711", "MVT-4712", "MSG-4713"),
        *("UF-ZZ4714", "Mamie Zouzou", "+33639981234", "zouzou@exemple.fr", "C-118-ZZ"),
        *("Dr Zorglub", "trouvée inconsciente", "garde de nuit Zed", "vu avec sa fille"),
    )
)
PUBLIC: Final = (b"UF-ZZ4714",)
"""What stands in clear while she is known: a code of the sender's."""
OWED: Final = "SELECT count(*) AS n FROM obligations"


@dataclass
class Story:
    """Who she is, and the keys of those who know her."""

    platform: Platform
    ward: NewSource
    operator: NewSource
    person_id: UUID
    keys: list[bytes]

    async def erase(self, status: int = 201) -> dict[str, Any]:
        asked = {"person_id": str(self.person_id), "basis": "consent_withdrawn", "by": "DPO"}
        client = self.platform.clients["admission"]
        answer = await client.post("/v1/erasures", json=asked, headers=bearer(self.operator.secret))
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found


def admitted(**other: Any) -> dict[str, Any]:
    body = movement(identifier(NUMBER), stay_id="IEP-4711", unit="UF-ZZ4714") | other
    body["person"]["traits"]["given_names"] = ["Quasimodine"]
    now = datetime.now(UTC).isoformat()
    return body | {"occurred_at": now, "emitted_at": now}


def left(**other: Any) -> dict[str, Any]:
    due = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    to = {"mode": "transfer", "establishment": CLINIC, "expected_at": due}
    return admitted(kind="transfer", destination=to) | other


@pytest.fixture
async def story(create_database: Callable[..., str]) -> AsyncIterator[Story]:
    async with running_platform(create_database) as platform:
        ward = await platform.source(HOSPITAL, "intake", "read", "circle", "operator")
        operator = await platform.source(None, "privacy", "operator")
        first = admitted(source_event_id="MSG-4713", movement_id="MVT-4712")
        receipt = await platform.ask("POST", "admission", "/v1/movements", ward, first)
        await platform.ask("POST", "admission", "/v1/movements", ward, left())
        told = Story(platform, ward, operator, UUID(receipt["person_id"]), [])
        await platform.carry()
        await _live(told)
        await platform.carry()
        await claim_due(platform.opened["notifications"].dependencies, "sms", limit=10)
        for service in ("admission", "notifications"):
            rows = await platform.rows(service, "SELECT wrapped_key FROM persons")
            told.keys += [bytes(row["wrapped_key"]) for row in rows]
        yield told


async def _live(told: Story) -> None:
    """Everything that somebody can say of her, beside her movements."""
    platform, ward, person_id = told.platform, told.ward, told.person_id
    given = {"given_at": "2026-01-20T10:00:00+01:00"}
    carer = {
        "alias": "Mamie Zouzou",
        "night": True,
        "channels": [
            {"medium": "sms", "address": "+33639981234"},
            {"medium": "email", "address": "zouzou@exemple.fr"},
        ],
        "consent": given | {"proof": {"kind": "written", "reference": "C-118-ZZ"}},
    }
    await platform.ask(
        "PUT", "notifications", f"/v1/persons/{person_id}/circle/carers/{uuid4()}", ward, carer
    )
    team = {
        "basis": "team",
        "person": identifier(NUMBER),
        "establishments": [CLINIC],
        "ends_at": (datetime.now(UTC) + timedelta(days=9)).isoformat(),
        "by": "Dr Zorglub",
        "consent": given | {"reference": "C-118-ZZ"},
    }
    await platform.ask("POST", "admission", "/v1/grants", ward, team)
    glass = {"person": identifier(NUMBER), "by": "garde de nuit Zed", "reason": "trouvée inconsciente"}
    await platform.ask("POST", "admission", "/v1/broken-glasses", ward, glass)
    shown = await platform.ask("GET", "pathway", f"/v1/persons/{person_id}/pathway", ward)
    [wait] = shown["expectations"]
    closing = {"author": "Dr Zorglub", "reason": "vu avec sa fille"}
    path = f"/v1/persons/{person_id}/expectations/{wait['expectation_id']}/closure"
    await platform.ask("POST", "pathway", path, ward, closing)
    refused = adt(control_id="", person=NUMBER)
    answer = await platform.clients["admission"].post(
        "/v1/hl7v2", content=refused, headers=bearer(ward.secret)
    )
    assert "MSA|AE" in answer.text


async def test_no_table_of_any_service_holds_anything_of_an_erased_person(story: Story) -> None:
    platform = story.platform
    assert {each for *_, each in await platform.found(PUBLIC)} == set(PUBLIC), (
        "the search finds what is there"
    )
    assert len(story.keys) == 2
    held = await platform.found(story.keys)
    assert {service for service, *_ in held} == {"admission", "notifications"}
    assert (await platform.rows("notifications", OWED))[0]["n"] > 0
    counted = await platform.rows("indicators", "SELECT * FROM movement_facts ORDER BY event_id")
    published = await platform.rows("admission", "SELECT event_id, sequence FROM ledger ORDER BY id")

    erasure = await story.erase()
    await platform.carry()

    assert await platform.found([*SECRETS, *story.keys]) == set()
    gone = str(story.person_id)
    for table in ("pathways", "movement_events", "expectations", "relations"):
        assert await platform.rows("pathway", f"SELECT 1 FROM {table} WHERE person_id = $1", gone) == []  # noqa: S608
    for table in ("persons", "members", "contact_points", "obligations", "attempts", "page_tokens", "facts"):
        assert await platform.rows("notifications", f"SELECT 1 FROM {table}") == []  # noqa: S608
    for table in ("hl7v2_quarantine", "grants", "movements", "identifiers"):
        assert await platform.rows("admission", f"SELECT 1 FROM {table}") == []  # noqa: S608

    assert await platform.rows("indicators", "SELECT * FROM movement_facts ORDER BY event_id") == counted, (
        "figures stay"
    )
    ledger = await platform.rows("admission", "SELECT event_id, sequence FROM ledger ORDER BY id")
    assert ledger[: len(published)] == published
    sequences = [
        row["sequence"]
        for row in await platform.rows(
            "admission", "SELECT sequence FROM ledger WHERE subject = $1 ORDER BY sequence", gone
        )
    ]
    assert sequences == list(range(1, len(sequences) + 1))
    kept = await platform.ask("GET", "admission", "/v1/erasures", story.operator)
    assert kept["erasures"] == [erasure]
    entries = await platform.rows(
        "admission", "SELECT DISTINCT stage FROM audit.entries WHERE operation = 'erase_person'"
    )
    assert {row["stage"] for row in entries} >= {"done"}


async def test_the_same_numbers_are_a_new_person_later_and_every_receipt_stays(story: Story) -> None:
    platform = story.platform
    receipts = await platform.rows("admission", "SELECT receipt_id FROM submissions")
    await story.erase()
    again = await platform.ask("POST", "admission", "/v1/movements", story.ward, admitted())
    await platform.carry()
    assert UUID(again["person_id"]) != story.person_id
    shown = await platform.ask("GET", "pathway", f"/v1/persons/{again['person_id']}/pathway", story.ward)
    assert len(shown["stays"]) == 1
    for row in receipts:
        receipt = await platform.ask("GET", "admission", f"/v1/receipts/{row['receipt_id']}", story.ward)
        assert receipt["person_id"] == str(story.person_id)
        assert receipt["source_movement_id"] is receipt["source_stay_id"] is None


async def test_who_was_erased_is_erased_once(story: Story) -> None:
    first = await story.erase()
    assert await story.erase(200) == first
    story.person_id = uuid4()
    assert (await story.erase(404))["title"]


async def test_what_comes_late_or_in_any_order_brings_nobody_back(story: Story) -> None:
    platform = story.platform
    await story.erase()
    for service in ("pathway", "notifications", "indicators"):
        # As after the loss of a database, but for the keys of callers, and with the newest first.
        tables = await platform.rows(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = {row["tablename"] for row in tables} - {"alembic_version", "audit_progress"}
        await platform.opened[service].spine.pool.execute(f"TRUNCATE {', '.join(names)}")
    platform.carried.clear()
    await platform.carry(backwards=True)
    for table in ("persons", "facts", "members", "relations"):
        assert await platform.rows("notifications", f"SELECT 1 FROM {table}") == []  # noqa: S608
    for table in ("pathways", "movement_events", "relations"):
        assert await platform.rows("pathway", f"SELECT 1 FROM {table}") == []  # noqa: S608
    assert len(await platform.rows("indicators", "SELECT 1 FROM movement_facts")) == 2
