"""Ways to break what carers are told, and the evidence of it: I8 and I11."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.unit.continuity.repeating import (
    forget_the_way_of_an_attempt,
    repeat_by_another_obligation,
    repeat_what_was_in_the_dark,
    repeat_without_reason,
)
from tests.unit.continuity.whole_world import NOON, Harm, World


def plan_nothing(world: World) -> None:
    world.rows("notifications", "obligations").pop()


def claim_to_have_told(world: World) -> None:
    world.gateway.pop()


def _give_up(world: World, *, reason: str = "unreachable") -> None:
    """The first obligation, handed to a person."""
    obligation = world.rows("notifications", "obligations")[0]
    obligation.update(status="expired", reason=reason)
    world.rows("notifications", "human_tasks").append({"obligation_id": obligation["obligation_id"]})


def give_up_what_had_arrived(world: World) -> None:
    _give_up(world)
    report = {"attempt": "attempt-1", "type": 1, "sent": True}
    world.gateway.append({"at": (NOON + timedelta(minutes=2)).isoformat(), "report": report})


def give_up_what_never_left(world: World) -> None:
    _give_up(world)
    del world.gateway[0]


def give_up_as_too_late(world: World) -> None:
    _give_up(world, reason="too_late")


def supersede_by_news_of_another_person(world: World) -> None:
    world.rows("notifications", "obligations")[0].update(
        status="superseded", reason="newer_version", superseded_by="elsewhere"
    )
    world.ledgers["admission"].append(
        replace(world.ledgers["admission"][0], event_id="elsewhere", subject="person-2")
    )


def forget_a_revocation(world: World) -> None:
    world.leaves_at = world.revoked_at = NOON + timedelta(minutes=20)


def revoke_unasked(world: World) -> None:
    world.rows("notifications", "members")[0]["revoked_at"] = NOON + timedelta(minutes=20)


def enrol_too_late(world: World) -> None:
    world.rows("notifications", "members")[0]["joined_at"] = NOON + timedelta(minutes=1)


def enrol_nobody(world: World) -> None:
    world.rows("notifications", "members").clear()


def let_it_leave_long_after_the_claim(world: World) -> None:
    """And the carer is gone by then."""
    world.leaves_at = world.revoked_at = NOON + timedelta(minutes=4)
    world.rows("notifications", "members")[0]["revoked_at"] = world.revoked_at
    world.gateway[1]["at"] = (NOON + timedelta(minutes=5)).isoformat()


def expire_without_a_task(world: World) -> None:
    world.rows("notifications", "obligations")[0]["status"] = "expired"


def give_up_what_nobody_knows_of(world: World) -> None:
    _give_up(world)
    world.rows("notifications", "attempts")[0]["status"] = "unknown"


def correct_nothing_that_was_told(world: World) -> None:
    told, row = world.rows("notifications", "obligations")
    row.update(status="suppressed", reason="nothing_to_correct", kind="admission.occurred.retracted")
    row["fact_key"] = told["fact_key"]


def suppress_without_ground(world: World) -> None:
    world.rows("notifications", "obligations")[0].update(status="suppressed", reason="deceased")


def supersede_by_nothing(world: World) -> None:
    world.rows("notifications", "obligations")[0].update(status="superseded", reason="newer_version")


def say_another_moment(world: World) -> None:
    world.gateway[1]["text"] = "Parcours : Mamie le 01/01 à 00h00."


def tell_a_stranger(world: World) -> None:
    world.gateway[0]["to"] = "+33600000000"


def tell_of_another_person(world: World) -> None:
    world.rows("notifications", "obligations")[0]["person_id"] = "person-2"


def tell_after_the_revocation(world: World) -> None:
    world.leaves_at = world.revoked_at = NOON + timedelta(minutes=2)
    world.rows("notifications", "members")[0]["revoked_at"] = world.revoked_at


def send_without_a_row(world: World) -> None:
    world.gateway.append({**world.gateway[0], "request_id": "orphan", "attempt": "nobody's"})


def send_before_the_row(world: World) -> None:
    world.gateway[0]["at"] = NOON.isoformat()


def call_twice_for_one_row(world: World) -> None:
    world.gateway.append({**world.gateway[0], "request_id": "twice"})


def leave_an_attempt_claimed(world: World) -> None:
    world.rows("notifications", "attempts")[0]["status"] = "claimed"


def leave_an_outcome(world: World) -> None:
    world.rows("notifications", "transitions").append({"obligation_id": "obligation-1", "status": "due"})


def never_publish_an_outcome(world: World) -> None:
    del world.ledgers["notifications"][1]


TOLD: Final[tuple[tuple[Harm, str], ...]] = (
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
    (repeat_what_was_in_the_dark, "I8 repeats"),
    (repeat_by_another_obligation, "I8 repeats"),
    (forget_the_way_of_an_attempt, "I8 repeats"),
    (send_without_a_row, "I8 row before call"),
    (send_before_the_row, "I8 row before call"),
    (call_twice_for_one_row, "I8 row before call"),
    (leave_an_attempt_claimed, "I8 row before call"),
    (leave_an_outcome, "I11 evidence"),
    (never_publish_an_outcome, "I11 evidence"),
)
