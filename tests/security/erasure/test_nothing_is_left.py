"""Of somebody who is erased nothing is left anywhere, whatever comes late."""

from uuid import UUID, uuid4

import pytest

from tests.security.erasure.story import OWED, SECRETS, Story, admitted

pytestmark = pytest.mark.services


async def test_no_table_of_any_service_holds_anything_of_an_erased_person(story: Story) -> None:
    platform = story.platform
    assert await platform.found([b"UF-ZZ4714"]) == set(), (
        "a unit that nobody registered stands nowhere in clear"
    )
    assert len(story.keys) == 2
    held = await platform.found(story.keys)
    assert {service for service, *_ in held} == {"admission", "notifications"}, (
        "the search finds what is there"
    )
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
