"""Changes to a valid run that violate I8 and I11."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.unit.continuity.repeating import (
    forget_the_history_of_an_attempt,
    repeat_by_another_obligation,
    repeat_what_was_unanswered,
    repeat_without_reason,
)
from tests.unit.continuity.valid_run import NOON, Case, Violation


def plan_nothing(case: Case) -> None:
    case.rows("notifications", "obligations").pop()


def claim_to_have_told(case: Case) -> None:
    case.gateway.pop()


def _give_up(case: Case, *, reason: str = "unreachable") -> None:
    """Hand the first obligation to a person."""
    obligation = case.rows("notifications", "obligations")[0]
    obligation.update(status="expired", reason=reason)
    case.rows("notifications", "human_tasks").append({"obligation_id": obligation["obligation_id"]})


def give_up_what_had_arrived(case: Case) -> None:
    _give_up(case)
    report = {"attempt": "attempt-1", "type": 1, "sent": True}
    case.gateway.append({"at": (NOON + timedelta(minutes=2)).isoformat(), "report": report})


def give_up_what_never_left(case: Case) -> None:
    _give_up(case)
    del case.gateway[0]


def give_up_as_too_late(case: Case) -> None:
    _give_up(case, reason="too_late")


def supersede_by_news_of_another_person(case: Case) -> None:
    case.rows("notifications", "obligations")[0].update(
        status="superseded", reason="newer_version", superseded_by="elsewhere"
    )
    case.ledgers["admission"].append(
        replace(case.ledgers["admission"][0], event_id="elsewhere", subject="person-2")
    )


def forget_a_revocation(case: Case) -> None:
    case.leaves_at = case.revoked_at = NOON + timedelta(minutes=20)


def revoke_unasked(case: Case) -> None:
    case.rows("notifications", "members")[0]["revoked_at"] = NOON + timedelta(minutes=20)


def enrol_too_late(case: Case) -> None:
    case.rows("notifications", "members")[0]["joined_at"] = NOON + timedelta(minutes=1)


def enrol_nobody(case: Case) -> None:
    case.rows("notifications", "members").clear()


def let_it_leave_long_after_the_claim(case: Case) -> None:
    """The same, after the carer was revoked."""
    case.leaves_at = case.revoked_at = NOON + timedelta(minutes=4)
    case.rows("notifications", "members")[0]["revoked_at"] = case.revoked_at
    case.gateway[1]["at"] = (NOON + timedelta(minutes=5)).isoformat()


def expire_without_a_task(case: Case) -> None:
    case.rows("notifications", "obligations")[0]["status"] = "expired"


def give_up_what_nobody_knows_of(case: Case) -> None:
    _give_up(case)
    case.rows("notifications", "attempts")[0]["status"] = "unknown"


def correct_nothing_that_was_told(case: Case) -> None:
    told, row = case.rows("notifications", "obligations")
    row.update(status="suppressed", reason="nothing_to_correct", kind="admission.occurred.retracted")
    row["fact_key"] = told["fact_key"]


def suppress_without_ground(case: Case) -> None:
    case.rows("notifications", "obligations")[0].update(status="suppressed", reason="deceased")


def supersede_by_nothing(case: Case) -> None:
    case.rows("notifications", "obligations")[0].update(status="superseded", reason="newer_version")


def say_another_moment(case: Case) -> None:
    case.gateway[1]["text"] = "Parcours : Mamie le 01/01 à 00h00."


def tell_a_stranger(case: Case) -> None:
    case.gateway[0]["to"] = "+33600000000"


def tell_of_another_person(case: Case) -> None:
    case.rows("notifications", "obligations")[0]["person_id"] = "person-2"


def tell_after_the_revocation(case: Case) -> None:
    case.leaves_at = case.revoked_at = NOON + timedelta(minutes=2)
    case.rows("notifications", "members")[0]["revoked_at"] = case.revoked_at


def send_without_a_row(case: Case) -> None:
    case.gateway.append({**case.gateway[0], "request_id": "orphan", "attempt": "nobody's"})


def send_before_the_row(case: Case) -> None:
    case.gateway[0]["at"] = NOON.isoformat()


def call_twice_for_one_row(case: Case) -> None:
    case.gateway.append({**case.gateway[0], "request_id": "twice"})


def leave_an_attempt_claimed(case: Case) -> None:
    case.rows("notifications", "attempts")[0]["status"] = "claimed"


def leave_an_outcome(case: Case) -> None:
    case.rows("notifications", "transitions").append({"obligation_id": "obligation-1", "status": "due"})


def never_publish_an_outcome(case: Case) -> None:
    del case.ledgers["notifications"][1]


def tell_of_what_is_another_persons(case: Case) -> None:
    case.rows("notifications", "obligations")[0]["fact_key"] = "movement:of-somebody-else"


TOLD: Final[tuple[tuple[Violation, str], ...]] = (
    (tell_of_what_is_another_persons, "I8 taken back"),
    (plan_nothing, "I8 required is told"),
    (claim_to_have_told, "I8 required is told"),
    (expire_without_a_task, "I8 required is told"),
    (give_up_what_nobody_knows_of, "I8 required is told"),
    (give_up_what_had_arrived, "I8 required is told"),
    (give_up_what_never_left, "I8 required is told"),
    (give_up_as_too_late, "I8 required is told"),
    (supersede_by_news_of_another_person, "I8 required is told"),
    (forget_a_revocation, "I8 the circle"),
    (revoke_unasked, "I8 the circle"),
    (enrol_too_late, "I8 the circle"),
    (enrol_nobody, "I8 the circle"),
    (correct_nothing_that_was_told, "I8 required is told"),
    (suppress_without_ground, "I8 required is told"),
    (supersede_by_nothing, "I8 required is told"),
    (say_another_moment, "I8 latest news"),
    (tell_a_stranger, "I8 only the entitled"),
    (tell_of_another_person, "I8 only the entitled"),
    (tell_after_the_revocation, "I8 only the entitled"),
    (let_it_leave_long_after_the_claim, "I8 only the entitled"),
    (repeat_without_reason, "I8 repeats"),
    (repeat_what_was_unanswered, "I8 repeats"),
    (repeat_by_another_obligation, "I8 repeats"),
    (forget_the_history_of_an_attempt, "I8 repeats"),
    (send_without_a_row, "I8 row before call"),
    (send_before_the_row, "I8 row before call"),
    (call_twice_for_one_row, "I8 row before call"),
    (leave_an_attempt_claimed, "I8 row before call"),
    (leave_an_outcome, "I11 evidence"),
    (never_publish_an_outcome, "I11 evidence"),
)
