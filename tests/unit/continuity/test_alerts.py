"""I12 requires an alert for each long outage, none without a cause, and none left in the end."""

from datetime import timedelta

import pytest

from tests.continuity.checker.operations.alerts import check_alerts
from tests.continuity.checker.verdict import Finding
from tests.unit.continuity.valid_run import NOON, Case, valid_run

UNSENT = "relais_outbox_oldest_unsent_seconds"


def judged(case: Case) -> Finding:
    case.watched.sort(key=lambda line: str(line["at"]))
    return check_alerts(case.evidence)


def break_(case: Case, kind: str, target: str, *, at_seconds: float, lasts: float) -> None:
    for phase, second in (("began", at_seconds), ("ended", at_seconds + lasts)):
        at = (NOON + timedelta(seconds=second)).isoformat()
        case.faults.append({"fault": 1, "kind": kind, "target": target, "phase": phase, "at": at})


def look(case: Case, process: str, at_seconds: float, **figures: float) -> None:
    at = (NOON + timedelta(seconds=at_seconds)).isoformat()
    case.watched.append({"process": process, "at": at, "up": True, "figures": figures})


def refuse(case: Case, at_seconds: float) -> None:
    at = (NOON + timedelta(seconds=at_seconds)).isoformat()
    case.gateway.append({**case.gateway[0], "at": at, "answered": "busy", "request_id": at})


def look_in_vain(case: Case, process: str, at_seconds: float) -> None:
    at = (NOON + timedelta(seconds=at_seconds)).isoformat()
    case.watched.append({"process": process, "at": at, "up": False})


def healthy_until(seconds: float) -> Case:
    """A run of samples in which every relay has a leader."""
    case = valid_run()
    for second in range(0, int(seconds), 5):
        for publisher in ("admission", "pathway", "notifications"):
            look(case, f"{publisher}-worker-1", second, relais_relay_leads=1)
    case.quiesced_at = NOON + timedelta(seconds=seconds - 10)
    return case


def test_a_quiet_run_raises_nothing() -> None:
    assert judged(healthy_until(60)).holds


def test_a_long_outage_that_nobody_saw_is_found() -> None:
    case = healthy_until(100)
    break_(case, "broker.stop", "kafka", at_seconds=10, lasts=80)

    assert judged(case).violations == ["broker.stop of 0:01:20 raised none of ['EventsAreNotSent']"]


def test_a_long_outage_that_was_seen_is_none() -> None:
    case = healthy_until(100)
    break_(case, "broker.stop", "kafka", at_seconds=10, lasts=80)
    look(case, "admission-worker-1", 76, **{UNSENT: 65, "relais_relay_leads": 1})
    look(case, "admission-worker-1", 95, relais_relay_leads=1)

    found = judged(case)

    assert found.holds
    assert (found.figures["long outages"], found.figures["raised"]) == (1, 1)


def test_a_short_outage_need_not_be_seen() -> None:
    case = healthy_until(100)
    break_(case, "broker.stop", "kafka", at_seconds=10, lasts=40)

    assert judged(case).holds


@pytest.mark.parametrize(
    ("kind", "target", "figures"),
    [
        ("database.stop", "postgresql", {"relais_relay_leads": 0}),
        ("gateway.busy", "sms-gateway", {"attempts": 10, "attempts_not_taken": 8, "relais_relay_leads": 1}),
    ],
)
def test_each_outage_has_its_own_alerts(kind: str, target: str, figures: dict[str, float]) -> None:
    case = healthy_until(100)
    break_(case, kind, target, at_seconds=10, lasts=80)
    for second in (11, 88):
        refuse(case, second)
    assert not judged(case).holds

    case.watched = [line for line in case.watched if "notifications" not in line["process"]]
    look(case, "notifications-worker-1", 70, attempts=1, attempts_not_taken=0, relais_relay_leads=1)
    for second in (72, 77, 82):
        look(case, "notifications-worker-1", second, **figures)
    look(case, "notifications-worker-1", 95, relais_relay_leads=1)
    assert judged(case).holds


def test_a_gateway_that_nobody_asks_is_out_for_nobody() -> None:
    case = healthy_until(100)
    break_(case, "gateway.busy", "sms-gateway", at_seconds=10, lasts=80)
    refuse(case, 75)

    assert judged(case).holds


def test_a_change_of_leaders_is_no_alert() -> None:
    case = healthy_until(100)
    look(case, "pathway-worker-2", 50, relais_relay_leads=0)
    look(case, "pathway-worker-1", 51, relais_relay_leads=0)
    look(case, "pathway-worker-2", 56, relais_relay_leads=1)
    look(case, "pathway-worker-1", 57, relais_relay_leads=0)

    assert judged(case).holds


def test_a_frozen_process_is_silent_itself() -> None:
    case = healthy_until(100)
    break_(case, "service.zombie", "pathway-worker-2", at_seconds=10, lasts=80)
    look_in_vain(case, "pathway-worker-1", 60)
    look(case, "pathway-worker-1", 95, relais_relay_leads=1)
    assert not judged(case).holds

    look_in_vain(case, "pathway-worker-2", 60)
    look(case, "pathway-worker-2", 95)
    assert judged(case).holds


@pytest.mark.parametrize("waited_for", [70, 700])
def test_an_alert_without_a_fault_is_found(waited_for: float) -> None:
    case = healthy_until(100)
    look(case, "pathway-worker-1", 50, **{UNSENT: waited_for, "relais_relay_leads": 1})
    look(case, "pathway-worker-1", 95, relais_relay_leads=1)

    assert judged(case).violations == ["EventsAreNotSent of pathway-worker-1 at 12:00:50 has no cause"]


def test_what_waits_since_all_came_at_once_needs_no_other_cause() -> None:
    case = healthy_until(100)
    case.load_began_at = NOON - timedelta(minutes=3)
    look(case, "pathway-worker-1", 50, **{UNSENT: 150, "relais_relay_leads": 1})
    look(case, "pathway-worker-1", 95, relais_relay_leads=1)

    assert judged(case).holds


def test_a_process_that_misses_one_question_is_not_down_yet() -> None:
    case = healthy_until(100)
    look_in_vain(case, "pathway-api", 50)
    assert judged(case).holds

    look_in_vain(case, "pathway-api", 55)
    assert judged(case).violations == ["ProcessIsDown of pathway-api at 12:00:55 has no cause"]


def test_what_never_comes_to_rest_is_found() -> None:
    case = healthy_until(100)
    look(case, "admission-worker-1", 99, relais_relay_leads=1, relais_paused_seconds=2)
    look_in_vain(case, "pathway-worker-1", 99)

    violations = judged(case).violations

    assert "admission-worker-1 reports relais_paused_seconds 2 after all faults were healed" in violations
    assert "pathway-worker-1 does not answer after all faults were healed" in violations
    assert "nobody relays what pathway publishes after all faults were healed" in violations
