"""What is older than its kind is kept for goes, and nothing that is still needed."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from shared.spine.retention import keeper
from shared.spine.retention.keeper import RetentionKeeper
from tests.security.erasure.platform import SERVICES
from tests.security.erasure.story import NUMBER, Story, admitted
from tests.unit.admission.bodies import HOSPITAL, identifier

PAGE: Final = (Path(__file__).parents[3] / "docs/security/retention.md").read_text()
ROW: Final = re.compile(r"^\| (\w+) \| ([^|]+) \| (\d+) \|", re.MULTILINE)
REPORT: Final = """
INSERT INTO delivery_reports (attempt_id, state, received_at, applied_at)
SELECT attempt_id, 'delivered', claimed_at, claimed_at FROM attempts
"""


async def retained(story: Story, days: int) -> dict[str, int]:
    """What ends in every service so many days from now."""
    found: dict[str, int] = {}
    for opened in story.platform.opened.values():
        at = datetime.now(UTC) + timedelta(days=days)
        duty = RetentionKeeper(opened.spine.pool, opened.definition.kinds, lambda at=at: at)  # type: ignore[misc]
        found |= await duty.retain()
    return {kind: count for kind, count in found.items() if count}


async def stated_again(story: Story, movement_id: str, **other: object) -> None:
    body = admitted(source_event_id=movement_id, movement_id=movement_id, stay_id=movement_id) | other
    await story.platform.ask("POST", "admission", "/v1/movements", story.ward, body)


def test_the_table_that_is_published_is_what_is_enforced() -> None:
    said = {(service, kind.strip(), int(days)) for service, kind, days in ROW.findall(PAGE)}
    enforced = {(each.name, kind.name, kind.days) for each in SERVICES for kind in each.kinds}
    assert said == enforced


@pytest.mark.services
async def test_each_kind_ends_after_its_days(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "BATCH", 1)
    await story.platform.opened["notifications"].spine.pool.execute(REPORT)
    assert await retained(story, 1) == {}
    assert set(await retained(story, 91)) == {"delivery reports", "links in messages, once expired"}
    await stated_again(story, "third")
    assert await retained(story, 1200) == {
        "bodies as they were stated": 1,
        "grants, once ended": 2,
        "who closed an expectation, and why": 1,
    }
    assert await retained(story, 1200) == {}


@pytest.mark.services
async def test_what_an_establishment_stated_last_still_says_who_somebody_is(story: Story) -> None:
    platform = story.platform
    await stated_again(story, "third")
    await retained(story, 4000)
    bodies = await platform.rows(
        "admission",
        "SELECT length(record) AS n FROM submissions JOIN ledger USING (event_id) ORDER BY sequence",
    )
    assert [row["n"] > 0 for row in bodies] == [False, True, True]
    again = await platform.ask(
        "POST", "admission", "/v1/movements", story.ward, admitted(source_event_id="again")
    )
    assert again["person_id"] == str(story.person_id)
    shown = await platform.ask("GET", "pathway", f"/v1/persons/{story.person_id}/pathway", story.ward)
    assert shown["expectations"][0]["closure"]["reason"] == ""
    await platform.ask(
        "GET", "admission", "/v1/broken-glasses", await platform.source("750000002", "privacy")
    )
    await story.erase()


@pytest.mark.services
async def test_what_is_no_statement_of_the_person_any_more_lets_no_body_go(story: Story) -> None:
    emptied = "SELECT count(*) AS n FROM submissions WHERE record = ''"
    await stated_again(story, "wrong")
    own = admitted()["person"] | {"identifiers": [identifier("OTHER-99")]}
    await stated_again(story, "own", person=own)
    moved = {
        **{"source_event_id": "move", "establishment": HOSPITAL, "emitted_at": admitted()["emitted_at"]},
        **{"to": identifier("OTHER-99"), "former": identifier(NUMBER), "movement_ids": ["wrong"]},
    }
    await story.platform.ask("POST", "admission", "/v1/identities/move", story.ward, moved)
    await retained(story, 4000)
    assert await story.platform.rows("admission", emptied) == [{"n": 0}]


@pytest.mark.services
async def test_a_body_that_is_not_needed_any_more_goes_with_a_later_walk_of_the_same_worker(
    story: Story,
) -> None:
    admission = story.platform.opened["admission"]
    later = datetime.now(UTC) + timedelta(days=1200)
    duty = RetentionKeeper(admission.spine.pool, admission.definition.kinds, lambda: later)
    assert (await duty.retain())["bodies as they were stated"] == 0
    await stated_again(story, "third")
    assert (await duty.retain())["bodies as they were stated"] == 1
