"""Every invariant holds for a valid run and is violated by the changes that should violate it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.continuity.checker.invariants import judge
from tests.unit.continuity.valid_run import NOON, Violation, valid_run
from tests.unit.continuity.violations_applied import APPLIED, place_position, pull_what_was_passed_over
from tests.unit.continuity.violations_stated import STATED, come_as_hl7
from tests.unit.continuity.violations_told import TOLD


def test_a_valid_run_holds() -> None:
    verdict = judge(valid_run().evidence)

    assert verdict.broken == []
    assert verdict.line == "acknowledged 3, lost 0, unexplained 0"
    assert verdict.holds


def test_what_came_as_hl7_is_known_by_its_receipt() -> None:
    case = valid_run()
    come_as_hl7(case)

    assert judge(case.evidence).broken == []


@pytest.mark.parametrize(("violate", "invariant"), [*STATED, *APPLIED, *TOLD])
def test_it_sees(violate: Violation, invariant: str) -> None:
    case = valid_run()
    violate(case)

    verdict = judge(case.evidence)

    assert invariant in verdict.broken
    assert not verdict.holds


def test_a_new_owner_may_start_over_at_once() -> None:
    case = valid_run()
    for offset, epoch in ((0, 1), (20, 1), (20, 2), (5, 2), (20, 2)):
        place_position(case, offset, epoch=epoch)

    assert judge(case.evidence).broken == []


def test_what_is_pulled_before_its_turn_was_not_passed_over() -> None:
    case = valid_run()
    pull_what_was_passed_over(case)
    case.rows("pathway", "arrivals")[0]["at"] = NOON - timedelta(seconds=1)

    assert judge(case.evidence).broken == []


def test_what_expired_with_a_task_for_a_person_is_no_loss() -> None:
    case = valid_run()
    obligation = case.rows("notifications", "obligations")[1]
    obligation.update(status="expired", reason="unreachable")
    case.rows("notifications", "human_tasks").append({"obligation_id": obligation["obligation_id"]})
    case.rows("notifications", "transitions")[-1]["status"] = "expired"
    last = case.ledgers["notifications"][-1]
    case.ledgers["notifications"][-1] = replace(last, data={**last.data, "outcome": "expired"})
    case.rows("indicators", "obligation_facts")[-1]["outcome"] = "expired"
    case.gateway[-1]["answered"] = "busy"

    assert judge(case.evidence).broken == []


def test_what_was_pulled_below_a_position_of_before_the_loss_was_not_passed_over() -> None:
    case = valid_run()
    pull_what_was_passed_over(case)
    cut = {
        "fault": 1,
        "kind": "broker.truncate",
        "target": "kafka",
        "at": (NOON - timedelta(seconds=5)).isoformat(),
    }
    case.faults += [{**cut, "phase": "began"}, {**cut, "phase": "ended"}]

    assert judge(case.evidence).broken == []


def test_what_is_passed_over_after_a_loss_is_seen() -> None:
    case = valid_run()
    pull_what_was_passed_over(case)
    at = (NOON - timedelta(minutes=5)).isoformat()
    cut = {"fault": 1, "kind": "broker.wipe", "target": "kafka", "at": at}
    case.faults += [{**cut, "phase": "began"}, {**cut, "phase": "ended"}]

    assert judge(case.evidence).broken == ["I9 nothing passed over"]


def test_what_a_frozen_sender_sent_late_is_counted_apart() -> None:
    case = valid_run()
    case.leaves_at = case.revoked_at = NOON + timedelta(minutes=4)
    case.rows("notifications", "members")[0]["revoked_at"] = case.revoked_at
    case.gateway[1]["at"] = case.replies["request-3"] = (NOON + timedelta(minutes=5)).isoformat()
    frozen = {"fault": 1, "kind": "service.zombie", "target": "notifications-worker-1"}
    began, ended = ((NOON + timedelta(minutes=each)).isoformat() for each in (3.1, 4.9))
    case.faults += [{**frozen, "phase": "began", "at": began}, {**frozen, "phase": "ended", "at": ended}]

    verdict = judge(case.evidence)

    assert verdict.broken == []
    assert next(each for each in verdict.findings if "only the" in each.invariant).figures == {
        "left late in a fault": 1
    }


@pytest.mark.parametrize("took", [0.2, 2.5])
def test_what_a_sender_without_a_processor_sent_late_is_counted_apart(took: float) -> None:
    case = valid_run()
    case.leaves_at = case.revoked_at = NOON + timedelta(minutes=4)
    case.rows("notifications", "members")[0]["revoked_at"] = case.revoked_at
    case.gateway[1]["at"] = case.replies["request-3"] = (NOON + timedelta(minutes=5)).isoformat()
    at = (NOON + timedelta(minutes=4.9)).isoformat()
    case.watched.append(
        {"process": "notifications-worker-1", "at": at, "up": True, "took": took, "figures": {}}
    )

    assert ("I8 only the entitled" in judge(case.evidence).broken) == (took < 1)


def test_what_was_claimed_after_a_revocation_was_confirmed_is_found_at_once() -> None:
    case = valid_run()
    claimed_at = case.rows("notifications", "attempts")[-1]["claimed_at"]
    case.leaves_at = case.revoked_at = claimed_at - timedelta(seconds=0.2)
    case.rows("notifications", "members")[0]["revoked_at"] = case.revoked_at

    assert "I8 only the entitled" in judge(case.evidence).broken


def test_a_batch_that_was_read_before_a_loss_may_wait_for_its_database() -> None:
    case = valid_run()
    pull_what_was_passed_over(case)
    at = (NOON - timedelta(seconds=20)).isoformat()
    cut = {"fault": 1, "kind": "broker.truncate", "target": "kafka", "at": at}
    case.faults += [{**cut, "phase": "began"}, {**cut, "phase": "ended"}]
    assert judge(case.evidence).broken == ["I9 nothing passed over"]

    killed = {"fault": 2, "kind": "database.kill", "target": "postgresql", "at": at}
    back = (NOON - timedelta(seconds=2)).isoformat()
    case.faults += [{**killed, "phase": "began"}, {**killed, "phase": "ended"}]
    case.faults += [{**killed, "phase": "back", "at": back}]
    assert judge(case.evidence).broken == []
