"""The projection of pathway is rebuilt, and nothing is published twice."""

import asyncio

import pytest

from services.pathway.storage.tables import metadata
from shared.database.migrations import drift
from shared.events.envelope import RecordedEvent
from shared.spine.rebuild.projection import RebuildError
from tests.integration.spine.rebuild.population import population, published, transferred
from tests.integration.spine.rebuild.scene import Scene

pytestmark = pytest.mark.services


async def test_a_healthy_projection_is_equal_and_nothing_is_published_again(scene: Scene) -> None:
    await scene.happen(population())
    before, said = await scene.projected(), await published(scene)
    made = await scene.rebuild()
    assert (made.done, made.in_motion, made.events) == ("swapped", 0, len(population()))
    assert [(each.table, each.is_equal, each.live) for each in made.tables] == [
        ("movement_events", True, len(population())),
        ("pathways", True, 8),
        ("relations", True, 0),
        ("expectations", True, 8),
        ("further_expectations", True, 0),
    ]
    assert all(each.live_digest == each.made_digest for each in made.tables)
    assert await scene.projected() == before
    assert await published(scene) == said
    assert await asyncio.to_thread(drift, metadata, scene.database_url) == []


async def test_a_damaged_projection_is_repaired_and_the_persons_are_named(scene: Scene) -> None:
    await scene.happen(population())
    before, said = await scene.projected(), await published(scene)
    lost, changed = await scene.pool.fetch("SELECT person_id FROM pathways ORDER BY person_id LIMIT 2")
    await scene.pool.execute("DELETE FROM movement_events WHERE person_id = $1", lost["person_id"])
    await scene.pool.execute("DELETE FROM pathways WHERE person_id = $1", lost["person_id"])
    await scene.pool.execute("UPDATE pathways SET document = '{}' WHERE person_id = $1", changed["person_id"])
    made = await scene.rebuild()
    tables = {each.table: each for each in made.tables}
    pathways = tables["pathways"]
    assert (pathways.only_made, pathways.different, pathways.only_live) == (1, 1, 0)
    assert set(pathways.persons) == {str(lost["person_id"]), str(changed["person_id"])}
    assert tables["expectations"].is_equal
    assert await scene.projected() == before
    assert await published(scene) == said


async def test_what_a_person_closed_stays_closed(scene: Scene) -> None:
    await scene.happen(transferred("closed", arrives=False))
    await scene.pool.execute(
        "UPDATE expectations SET state = 'closed', closed_at = now(), closed_by = 'a', closed_because = 'b'"
    )
    made = await scene.rebuild()
    assert all(each.is_equal for each in made.tables)
    assert await scene.pool.fetchval("SELECT state FROM expectations") == "closed"


async def test_what_is_parked_or_was_dismissed_is_no_part_of_it(scene: Scene) -> None:
    """Nor what waits behind it; a dismissed one holds nobody up."""
    await scene.happen(population(2))
    parked, dismissed = transferred("parked"), transferred("dismissed")
    scene.record([*parked, *dismissed])
    await scene.apply([parked[0]])
    await _park(scene, parked[1], "parked")
    await _park(scene, dismissed[0], "dismissed")
    await scene.apply(dismissed[1:])
    before = await scene.projected()
    made = await scene.rebuild()
    assert all(each.is_equal for each in made.tables)
    assert made.in_motion == 0
    assert await scene.projected() == before


async def _park(scene: Scene, event: RecordedEvent, state: str) -> None:
    await scene.pool.execute(
        """
        INSERT INTO parked (state, reason, parked_at, event_id, publisher, subject, sequence, cluster_id,
            topic, partition, record_offset, record_sha256, headers)
        VALUES ($1, 'wrong', now(), $2, $3, $4, $5, 'test', 'test', 0, $5, sha256(''), '')
        """,
        state,
        event.event_id,
        event.publisher,
        event.subject,
        event.sequence,
    )


async def test_events_that_the_service_has_not_received_yet_are_published_when_they_come(
    scene: Scene,
) -> None:
    """They are in the projection early; they are not applied early."""
    await scene.happen(population(2))
    coming = transferred("on the way", arrives=False)
    scene.record(coming)
    made = await scene.rebuild()
    assert made.in_motion == 1
    assert len(await scene.rows("pathways")) == 3
    said = await published(scene)
    applied = await scene.apply(coming)
    assert len(applied.events) == len(coming)
    assert len(await scene.rows("ledger")) == len(said["ledger"]) + 1


async def test_an_event_that_no_ledger_holds_stops_it(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.apply(transferred("only here"))
    with pytest.raises(RebuildError, match="in no ledger"):
        await scene.rebuild()
    assert await scene.schemas() == set()
