"""Does each invariant hold in a world that is whole, and break by what should break it?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.continuity.checker.invariants import judge
from tests.unit.continuity.harms import (
    HARMS,
    Harm,
    place_position,
    pull_what_was_passed_over,
)
from tests.unit.continuity.whole_world import NOON, whole_world


def test_a_whole_world_holds() -> None:
    verdict = judge(whole_world().evidence)

    assert verdict.broken == []
    assert verdict.line == "acknowledged 3, lost 0, unexplained 0"
    assert verdict.holds


@pytest.mark.parametrize(("harm", "invariant"), HARMS)
def test_it_sees(harm: Harm, invariant: str) -> None:
    world = whole_world()
    harm(world)

    verdict = judge(world.evidence)

    assert invariant in verdict.broken
    assert not verdict.holds


def test_a_new_owner_may_start_over_at_once() -> None:
    world = whole_world()
    for offset, epoch in ((0, 1), (20, 1), (20, 2), (5, 2), (20, 2)):
        place_position(world, offset, epoch=epoch)

    assert judge(world.evidence).broken == []


def test_what_is_pulled_before_its_turn_was_not_passed_over() -> None:
    world = whole_world()
    pull_what_was_passed_over(world)
    world.rows("pathway", "arrivals")[0]["at"] = NOON - timedelta(seconds=1)

    assert judge(world.evidence).broken == []


def test_what_expired_with_a_task_for_a_person_is_no_loss() -> None:
    world = whole_world()
    obligation = world.rows("notifications", "obligations")[1]
    obligation["status"] = "expired"
    world.rows("notifications", "human_tasks").append({"obligation_id": obligation["obligation_id"]})
    world.rows("notifications", "transitions")[-1]["status"] = "expired"
    last = world.ledgers["notifications"][-1]
    world.ledgers["notifications"][-1] = replace(last, data={**last.data, "outcome": "expired"})
    world.gateway.pop()

    assert judge(world.evidence).broken == []
