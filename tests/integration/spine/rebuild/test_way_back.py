"""A rebuild can be undone, ended at any point, and begun again."""

import asyncio

import pytest

from shared.spine.rebuild.projection import RebuildError
from tests.integration.spine.rebuild.population import population, published, transferred
from tests.integration.spine.rebuild.scene import Scene

pytestmark = pytest.mark.services


async def test_the_earlier_projection_comes_back_with_what_was_applied_since(scene: Scene) -> None:
    await scene.happen(population(4))
    damaged = await scene.pool.fetchval("SELECT min(person_id::text) FROM pathways")
    await scene.pool.execute("UPDATE pathways SET document = '{}' WHERE person_id = $1::uuid", damaged)
    await scene.rebuild()
    repaired = await scene.projected()
    await scene.happen(transferred("someone who came later"))
    said = await published(scene)
    undone = await scene.undo()
    assert undone.done == "undone"
    earlier = await scene.projected()
    assert (
        await scene.pool.fetchval("SELECT document FROM pathways WHERE person_id = $1::uuid", damaged) == "{}"
    )
    assert len(earlier["pathways"]) == len(repaired["pathways"]) + 1
    assert await published(scene) == said
    assert (await scene.undo()).done == "undone"
    assert (await scene.projected())["pathways"] > repaired["pathways"]


async def test_cancelled_in_the_middle_it_leaves_the_live_one_as_it_was(scene: Scene) -> None:
    await scene.happen(population())
    await scene.pool.execute("UPDATE pathways SET document = '{}'")
    before, said = await scene.projected(), await published(scene)
    in_the_middle = asyncio.Event()

    async def stuck() -> None:
        in_the_middle.set()
        await asyncio.Event().wait()

    scene.ledgers["admission"].meanwhile = stuck
    task = asyncio.create_task(scene.rebuild())
    await in_the_middle.wait()
    assert await scene.schemas() == {"beside", "rebuild_scratch"}
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await scene.schemas() == set()
    assert (await scene.projected(), await published(scene)) == (before, said)
    scene.ledgers["admission"].meanwhile = None
    assert (await scene.rebuild()).done == "swapped"


async def test_what_a_killed_run_left_behind_is_dropped_by_the_next(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.pool.execute("CREATE SCHEMA beside")
    await scene.pool.execute("CREATE TABLE beside.pathways (half integer)")
    await scene.pool.execute("CREATE SCHEMA rebuild_scratch")
    assert (await scene.rebuild()).done == "swapped"
    assert await scene.schemas() == {"beside"}


async def test_compared_only_it_leaves_nothing_behind(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.pool.execute("DELETE FROM pathways")
    made = await scene.rebuild(swap=False)
    assert (made.done, made.tables[1].only_made) == ("compared", 2)
    assert await scene.schemas() == set()
    assert await scene.rows("pathways") == set()


async def test_an_earlier_projection_is_not_lost_by_another_rebuild(scene: Scene) -> None:
    await scene.happen(population(2))
    await scene.rebuild()
    with pytest.raises(RebuildError, match="still kept"):
        await scene.rebuild()
    assert (await scene.drop_previous()).done == "dropped"
    assert (await scene.drop_previous()).done == "nothing"
    with pytest.raises(RebuildError, match="no earlier projection"):
        await scene.undo()


async def test_two_at_once_are_one_too_many(scene: Scene) -> None:
    await scene.happen(population(2))
    refused: list[str] = []

    async def another() -> None:
        if not refused:
            with pytest.raises(RebuildError) as why:
                await scene.rebuild()
            refused.append(str(why.value))

    scene.ledgers["admission"].meanwhile = another
    await scene.rebuild()
    assert refused == ["another rebuild of this service is under way"]
