"""Whoever asks for all that is kept of somebody gets it, from every service, and nothing of anybody else."""

import json
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from deploy.operator.person.words import FIELDS
from services.admission.handlers.manage_access import NewSource
from tests.integration.admission.hl7v2.door import adt
from tests.integration.admission.running import bearer
from tests.security.erasure.platform import SERVICES
from tests.security.erasure.story import NUMBER, SECRETS, Story, admitted
from tests.unit.admission.bodies import HOSPITAL, identifier

pytestmark = pytest.mark.services

OTHER: Final = {"source_event_id": "other", "movement_id": "other", "stay_id": "other"}


async def exported(story: Story, *, limit: int = 200) -> dict[str, list[dict[str, Any]]]:
    """Every record of every service, through all pages."""
    found: dict[str, list[dict[str, Any]]] = {}
    for service in SERVICES:
        path = f"/v1/persons/{story.person_id}/export?limit={limit}"
        page = await story.platform.ask("GET", service.name, path, story.operator)
        found[service.name] = page["records"]
        while "continuation" in page:
            query = f"{path}&continuation={page['continuation']}"
            page = await story.platform.ask("GET", service.name, query, story.operator)
            found[service.name] += page["records"]
    return found


async def test_everything_that_is_kept_of_a_person_is_exported_in_clear(story: Story) -> None:
    said = json.dumps(await exported(story), ensure_ascii=False).encode()
    assert [each for each in SECRETS if each not in said] == []
    assert [key for key in story.keys if key.hex().encode() in said] == []


async def test_the_smallest_pages_give_each_record_once(story: Story) -> None:
    whole, one_by_one = await exported(story), await exported(story, limit=1)
    for service, records in whole.items():
        kept = [each for each in records if each["section"] != "accesses"]
        assert [each for each in one_by_one[service] if each["section"] != "accesses"] == kept
        assert len({json.dumps(each) for each in kept}) == len(kept)
    assert {each["section"] for records in whole.values() for each in records} >= {
        *("submissions", "grants", "hl7v2_quarantine", "ledger", "pathways", "expectations", "members"),
        *("obligations", "attempts", "transitions", "movement_facts", "accesses"),
    }
    fields = {name for records in whole.values() for each in records for name in each["content"]}
    assert fields - FIELDS.keys() == set()


async def test_nothing_of_anybody_else_is_in_it(story: Story) -> None:
    platform = story.platform
    body = admitted(**OTHER) | {"identity_status": "provisional"}
    body["person"] = {**body["person"], "identifiers": [identifier("OTHER-99")]}
    receipt = await platform.ask("POST", "admission", "/v1/movements", story.ward, body)
    await platform.carry()
    said = json.dumps(await exported(story))
    assert receipt["person_id"] not in said
    assert "OTHER-99" not in said


@pytest.mark.parametrize("is_one", [True, False])
async def test_the_text_of_a_message_about_two_numbers_is_shown_while_they_are_one(
    story: Story, is_one: bool
) -> None:
    client, headers = story.platform.clients["admission"], bearer(story.ward.secret)
    other = b"\rMRG|OTHER-99^^^CHU-X&1.2.3.4&ISO^PI^||||||ZZOTHERNAME"
    answer = await client.post(
        "/v1/hl7v2", content=adt("A40", control_id="9", person="IPP-1") + other, headers=headers
    )
    assert "MSA|AA" in answer.text
    [merge] = await story.platform.rows("admission", "SELECT person_id FROM identity_statements")
    if not is_one:
        await story.platform.rows("admission", "UPDATE merges SET is_merged = false")
    of_pair = replace(story, person_id=merge["person_id"])
    said = json.dumps(
        [each for each in (await exported(of_pair))["admission"] if "action" in each["content"]]
    )
    assert "merge" in said
    assert ("ZZOTHERNAME" in said, "OTHER-99" in said) == (is_one, is_one)


async def test_a_movement_that_was_moved_is_shown_to_whose_it_is_now(story: Story) -> None:
    platform, to = story.platform, identifier("OTHER-99")
    wrong = admitted(**OTHER)
    wrong["person"]["traits"]["birth_name"] = "ZZOTHERNAME"
    await platform.ask("POST", "admission", "/v1/movements", story.ward, wrong)
    own = admitted(source_event_id="own", movement_id="own", stay_id="own")
    own["person"]["identifiers"] = [to]
    receipt = await platform.ask("POST", "admission", "/v1/movements", story.ward, own)
    other = replace(story, person_id=UUID(receipt["person_id"]))
    assert "ZZOTHERNAME" in json.dumps(await exported(story))
    moved = {
        **{"source_event_id": "move", "establishment": HOSPITAL, "emitted_at": own["emitted_at"]},
        **{"to": to, "former": identifier(NUMBER), "movement_ids": ["other"]},
    }
    await platform.ask("POST", "admission", "/v1/identities/move", story.ward, moved)
    said = json.dumps(await exported(story))
    assert ("ZZOTHERNAME" in said, "OTHER-99" in said, str(other.person_id) in said) == (False, False, False)
    said = json.dumps(await exported(other))
    assert ("ZZOTHERNAME" in said, NUMBER in said) == (True, False)
    await story.erase()  # her number stood in a record that another one's key seals
    named = "SELECT record FROM identity_statements WHERE action = 'move'"
    assert [row["record"] for row in await platform.rows("admission", named)] == [b""]


async def test_of_a_refused_message_only_the_answer_is_shown(story: Story) -> None:
    client, headers = story.platform.clients["admission"], bearer(story.ward.secret)
    short = admitted(source_event_id="short", movement_id="short", stay_id="short")
    short["person"]["identifiers"] = [identifier("1")]
    receipt = await story.platform.ask("POST", "admission", "/v1/movements", story.ward, short)
    of_other = adt(control_id="", person="OTHER-99")
    assert "MSA|AE" in (await client.post("/v1/hl7v2", content=of_other, headers=headers)).text
    await story.platform.rows(
        "admission",
        "UPDATE hl7v2_quarantine SET establishment = NULL WHERE quarantine_id ="
        " (SELECT min(quarantine_id::text)::uuid FROM hl7v2_quarantine)",
    )
    found = await exported(replace(story, person_id=UUID(receipt["person_id"])))
    [refused] = [each["content"] for each in found["admission"] if each["section"] == "hl7v2_quarantine"]
    assert refused.keys() == {"quarantine_id", "establishment", "received_at", "seen_at", "codes"}
    assert (refused["establishment"], refused["codes"]) == (HOSPITAL, [101])
    assert "OTHER-99" not in json.dumps(found)


async def test_of_who_was_erased_admission_knows_nothing_and_the_others_keep_no_secret(story: Story) -> None:
    await story.erase()
    await story.platform.carry()
    path = f"/v1/persons/{story.person_id}/export"
    for service, client in story.platform.clients.items():
        answer = await client.get(path, headers=bearer(story.operator.secret))
        assert answer.status_code == (404 if service == "admission" else 200)
        assert [each for each in SECRETS if each in answer.content] == []


async def test_the_export_itself_is_in_the_audit(story: Story) -> None:
    await exported(story)
    entries = await story.platform.rows(
        "notifications", "SELECT person_id, stage FROM audit.entries WHERE operation = 'export_person'"
    )
    assert entries == [{"person_id": story.person_id, "stage": "done"}]


@pytest.mark.parametrize("token", ["kgCkeHh4eA==", "ks0D6KA=", "x"])
async def test_a_token_that_no_page_gave_is_refused(story: Story, token: str) -> None:
    async def status(key: NewSource) -> int:
        path = f"/v1/persons/{story.person_id}/export?continuation={token}"
        answer = await story.platform.clients["pathway"].get(path, headers=bearer(key.secret))
        return answer.status_code

    assert await status(story.operator) == 422
    assert await status(story.ward) == 403
