"""Changes to a valid run that repeat a message without an ambiguous outcome."""

from datetime import datetime, timedelta

from tests.unit.continuity.valid_run import NOON, Case, move_attempt


def repeat_without_reason(case: Case) -> None:
    again = {"attempt_id": "attempt-1b", "number": 2}
    case.rows("notifications", "attempts").append({**case.rows("notifications", "attempts")[0], **again})
    at = datetime.fromisoformat(case.gateway[0]["at"]) + timedelta(seconds=40)
    asked = {**case.gateway[0], "request_id": "again", "attempt": "attempt-1b", "at": at.isoformat()}
    case.gateway.append(asked)
    move_attempt(case, "attempt-1b", "claimed", at=at)


def repeat_what_was_unanswered(case: Case) -> None:
    """The first attempt had no answer within its lease and was repeated."""
    moves = case.rows("notifications", "attempt_moves")
    moves[1].update(status="unknown", at=NOON + timedelta(minutes=1, seconds=33))
    del moves[2]
    repeat_without_reason(case)


def repeat_by_another_obligation(case: Case) -> None:
    """Another obligation sends the same text to the same phone."""
    case.gateway[1]["text"] = case.gateway[0]["text"]


def say_something_else_in_between(case: Case) -> None:
    """It was taken back, and is told again by another obligation: of the same fact, in the same words."""
    repeat_by_another_obligation(case)
    first, last = case.rows("notifications", "obligations")
    last["fact_key"] = first["fact_key"]
    case.rows("notifications", "obligations").append({**first, "obligation_id": "obligation-2"})
    tried = {"attempt_id": "attempt-2", "obligation_id": "obligation-2"}
    case.rows("notifications", "attempts").append({**case.rows("notifications", "attempts")[0], **tried})
    at = NOON + timedelta(minutes=2, seconds=3)
    asked = {"request_id": "request-2", "attempt": "attempt-2", "text": "ERREUR", "at": at.isoformat()}
    case.gateway.insert(1, {**case.gateway[0], **asked})
    move_attempt(case, "attempt-2", "claimed", at=at)


def forget_the_history_of_an_attempt(case: Case) -> None:
    del case.rows("notifications", "attempt_moves")[:3]
