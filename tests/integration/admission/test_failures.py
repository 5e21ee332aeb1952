"""When something fails, nothing is half-done or lost, and no other request suffers."""

import asyncio

from services.admission.settings import Settings
from tests.integration.admission.conftest import Open
from tests.integration.admission.running import Admission, settings_for
from tests.integration.admission.severing_proxy import proxied
from tests.unit.admission.bodies import movement

POISON = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cannot be stored'; END $$;
CREATE TRIGGER poison BEFORE INSERT ON submissions
FOR EACH ROW WHEN (NEW.source_event_id = 'poison') EXECUTE FUNCTION refuse();
"""


async def test_a_commit_whose_outcome_is_unknown_is_answered_503_and_found_again(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with (
        proxied(admission_settings.database_url) as (proxy, database_url),
        open_admission(settings_for(database_url)) as admission,
    ):
        source = await admission.source()
        body = movement()
        proxy.swallow_next_commit = True
        unknown = await admission.post(source, body)
        assert unknown.status_code == 503
        assert int(unknown.headers["retry-after"]) > 0
        again = await admission.post(source, body)
        assert again.status_code == 200, "it had been committed"
        events = await admission.rows(
            "SELECT event_id::text, sequence FROM ledger WHERE type LIKE '%patient%'"
        )
        assert events == [{"event_id": again.json()["event_id"], "sequence": 1}]


async def test_without_the_database_the_answer_is_503_and_nothing_is_half_done(
    open_admission: Open, admission_settings: Settings
) -> None:
    async with (
        proxied(admission_settings.database_url) as (proxy, database_url),
        open_admission(settings_for(database_url)) as admission,
    ):
        source = await admission.source()
        body = movement()
        assert (await admission.post(source, movement())).status_code == 202
        proxy.go_down()
        refused = await asyncio.gather(*(admission.post(source, body) for _ in range(10)))
        assert [answer.status_code for answer in refused] == [503] * 10
        assert {answer.headers["retry-after"] for answer in refused} == {"5"}
        proxy.is_down = False
        assert (await admission.post(source, body)).status_code == 202


async def test_a_movement_that_cannot_be_stored_fails_alone(admission: Admission) -> None:
    await admission.service.spine.pool.execute(POISON)
    source = await admission.source()
    poisoned = movement(source_event_id="poison")
    bodies = [movement() for _ in range(30)]
    bodies.insert(11, poisoned)
    answers = await asyncio.gather(*(admission.post(source, body) for body in bodies))
    statuses = [answer.status_code for answer in answers]
    assert statuses == [500 if body is poisoned else 202 for body in bodies]
    assert "cannot be stored" not in answers[11].text
    assert len(await admission.rows("SELECT FROM submissions")) == 30
    assert len(await admission.rows("SELECT FROM persons")) == 30
