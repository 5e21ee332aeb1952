"""Does each invariant hold in a world that is whole, and break by what should break it?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.continuity.checker.invariants import judge
from tests.unit.continuity.harms_applied import APPLIED, place_position, pull_what_was_passed_over
from tests.unit.continuity.harms_stated import STATED
from tests.unit.continuity.harms_told import TOLD
from tests.unit.continuity.whole_world import NOON, Harm, whole_world


def test_a_whole_world_holds() -> None:
    verdict = judge(whole_world().evidence)

    assert verdict.broken == []
    assert verdict.line == "acknowledged 3, lost 0, unexplained 0"
    assert verdict.holds


@pytest.mark.parametrize(("harm", "invariant"), [*STATED, *APPLIED, *TOLD])
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
    obligation.update(status="expired", reason="unreachable")
    world.rows("notifications", "human_tasks").append({"obligation_id": obligation["obligation_id"]})
    world.rows("notifications", "transitions")[-1]["status"] = "expired"
    last = world.ledgers["notifications"][-1]
    world.ledgers["notifications"][-1] = replace(last, data={**last.data, "outcome": "expired"})
    world.rows("indicators", "obligation_facts")[-1]["outcome"] = "expired"
    world.gateway[-1]["answered"] = "busy"

    assert judge(world.evidence).broken == []


def test_what_was_pulled_below_a_position_of_before_the_loss_was_not_passed_over() -> None:
    world = whole_world()
    pull_what_was_passed_over(world)
    cut = {
        "fault": 1,
        "kind": "broker.truncate",
        "target": "kafka",
        "at": (NOON - timedelta(seconds=5)).isoformat(),
    }
    world.faults += [{**cut, "phase": "began"}, {**cut, "phase": "ended"}]

    assert judge(world.evidence).broken == []


def test_what_is_passed_over_after_a_loss_is_seen() -> None:
    world = whole_world()
    pull_what_was_passed_over(world)
    at = (NOON - timedelta(minutes=5)).isoformat()
    cut = {"fault": 1, "kind": "broker.wipe", "target": "kafka", "at": at}
    world.faults += [{**cut, "phase": "began"}, {**cut, "phase": "ended"}]

    assert judge(world.evidence).broken == ["I9 nothing passed over"]


def test_what_a_frozen_sender_sent_late_is_counted_apart() -> None:
    world = whole_world()
    world.leaves_at = world.revoked_at = NOON + timedelta(minutes=4)
    world.rows("notifications", "members")[0]["revoked_at"] = world.revoked_at
    world.gateway[1]["at"] = world.replies["request-3"] = (NOON + timedelta(minutes=5)).isoformat()
    frozen = {"fault": 1, "kind": "service.zombie", "target": "notifications-worker-1"}
    began, ended = ((NOON + timedelta(minutes=each)).isoformat() for each in (3.1, 4.9))
    world.faults += [{**frozen, "phase": "began", "at": began}, {**frozen, "phase": "ended", "at": ended}]

    verdict = judge(world.evidence)

    assert verdict.broken == []
    assert next(each for each in verdict.findings if "only the" in each.invariant).figures == {
        "left late in a fault": 1
    }
