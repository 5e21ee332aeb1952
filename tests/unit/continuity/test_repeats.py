"""Only a real ambiguity about the same message, unresolved when it was decided, excuses a repeat."""

from datetime import timedelta
from typing import Any

import pytest

from tests.continuity.checker.notifications.repeats import check_repeats
from tests.continuity.checker.verdict import Finding
from tests.unit.continuity.repeating import (
    repeat_what_was_unanswered,
    repeat_without_reason,
    say_something_else_in_between,
)
from tests.unit.continuity.valid_run import NOON, Case, move_attempt, valid_run

ASKED_AT = NOON + timedelta(minutes=1, seconds=3)


def repeated_unanswered() -> Case:
    case = valid_run()
    repeat_what_was_unanswered(case)
    return case


def judged(case: Case) -> Finding:
    return check_repeats(case.evidence)


def fault(target: str, *, seconds: float) -> list[dict[str, Any]]:
    """A fault that begins this many seconds after the first request and lasts one second."""
    moments = (ASKED_AT + timedelta(seconds=seconds + more) for more in (0, 1))
    return [{"fault": 7, "kind": "kill", "target": target, "at": moment.isoformat()} for moment in moments]


@pytest.mark.parametrize("answered", ["cut", "timeout"])
def test_the_gateway_never_answered(answered: str) -> None:
    case = repeated_unanswered()
    case.gateway[0]["answered"] = answered
    del case.replies["request-1"]

    found = judged(case)

    assert found.holds
    assert found.figures == {"ambiguous": 1, "repeats": 1, "never answered": 1}


def test_the_gateway_answered_when_it_had_been_given_up() -> None:
    case = repeated_unanswered()
    case.replies["request-1"] = (ASKED_AT + timedelta(seconds=31)).isoformat()

    assert judged(case).figures["answered too late"] == 1
    assert judged(case).holds


@pytest.mark.parametrize("target", ["notifications-worker-1", "postgresql"])
def test_the_answer_was_lost_on_its_way_into_the_database(target: str) -> None:
    case = repeated_unanswered()
    case.faults += fault(target, seconds=1)

    assert judged(case).figures["answer lost"] == 1
    assert judged(case).holds


def test_the_sender_died_by_itself() -> None:
    case = repeated_unanswered()
    case.deaths["notifications-worker-2"] = [{"code": 1, "at": ASKED_AT.isoformat()}]

    assert judged(case).holds


@pytest.mark.parametrize(
    ("target", "seconds"), [("pathway-worker-1", 1), ("postgresql", 20), ("postgresql", -30)]
)
def test_a_fault_elsewhere_or_at_another_time_excuses_nothing(target: str, seconds: float) -> None:
    case = repeated_unanswered()
    case.faults += fault(target, seconds=seconds)

    assert not judged(case).holds


def test_a_doubt_that_was_cleared_before_the_repeat_excuses_nothing() -> None:
    case = valid_run()
    moves = case.rows("notifications", "attempt_moves")
    moves[1]["status"] = "unknown"  # and then it was delivered
    del case.replies["request-1"]
    repeat_without_reason(case)

    found = judged(case)

    assert len(found.violations) == 1
    assert found.figures["ambiguous"] == 1


def test_a_doubt_about_another_message_excuses_nothing() -> None:
    case = valid_run()
    repeat_without_reason(case)
    moves = case.rows("notifications", "attempt_moves")
    moves[4]["status"] = "unknown"
    del case.replies["request-3"]

    found = judged(case)

    assert (found.figures["ambiguous"], found.figures["repeats"]) == (1, 1)
    assert len(found.violations) == 1


def test_a_third_sending_needs_a_doubt_about_each_of_the_two_before() -> None:
    case = repeated_unanswered()
    del case.replies["request-1"]
    later = ASKED_AT + timedelta(seconds=80)
    case.rows("notifications", "attempts").append(
        {**case.rows("notifications", "attempts")[0], "attempt_id": "attempt-1c", "number": 3}
    )
    again = {"request_id": "third", "attempt": "attempt-1c", "at": later.isoformat()}
    case.gateway.append({**case.gateway[0], **again})
    move_attempt(case, "attempt-1b", "accepted", at=later)
    move_attempt(case, "attempt-1c", "claimed", at=later)

    found = judged(case)

    assert found.figures["repeats"] == 2
    assert found.violations == ["obligation-1 was sent again although request again was answered"]


def test_what_was_in_doubt_and_never_sent_again_is_counted_as_ambiguous() -> None:
    case = valid_run()
    case.rows("notifications", "attempt_moves")[1]["status"] = "unknown"
    del case.replies["request-1"]

    assert judged(case).figures == {"ambiguous": 1, "repeats": 0, "never answered": 1}


def test_the_same_words_are_news_again_after_something_else_was_said_of_the_fact() -> None:
    case = valid_run()
    say_something_else_in_between(case)
    assert judged(case).holds

    case.rows("notifications", "obligations")[-1]["fact_key"] = "movement:another"
    assert not judged(case).holds
