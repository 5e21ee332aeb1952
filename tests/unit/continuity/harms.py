"""One way to break a whole world, for each thing that an invariant must see."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.unit.continuity.repeating import (
    forget_the_way_of_an_attempt,
    repeat_by_another_obligation,
    repeat_what_was_in_the_dark,
    repeat_without_reason,
)
from tests.unit.continuity.whole_world import NOON, PHONE, World

Harm = Callable[[World], None]


def lose_an_acknowledged_event(world: World) -> None:
    del world.ledgers["admission"][1]


def answer_with_another_event(world: World) -> None:
    world.clients.append({**world.clients[1], "event_id": "event-2"})


def keep_other_content(world: World) -> None:
    world.rows("admission", "submissions")[0]["sha256"] = "another"


def store_twice(world: World) -> None:
    world.rows("admission", "submissions").append(
        {**world.rows("admission", "submissions")[0], "event_id": "event-9"}
    )


def store_what_was_refused(world: World) -> None:
    for line in world.clients[:2]:
        if line["what"] == "answer":
            line["status"] = 422


def invent_a_submission(world: World) -> None:
    world.rows("admission", "submissions")[2]["source_event_id"] = "nobody sent this"


def say_something_else(world: World) -> None:
    world.clients[0]["stated"]["establishment"] = "another"


def skip_a_number(world: World) -> None:
    world.ledgers["admission"][2] = replace(world.ledgers["admission"][2], sequence=4)


def number_against_the_order(world: World) -> None:
    first, second = world.ledgers["admission"][:2]
    world.ledgers["admission"][:2] = [replace(first, sequence=2), replace(second, sequence=1)]


def draw_a_number_for_nothing(world: World) -> None:
    world.rows("pathway", "subjects")[0]["last_sequence"] = 7


def never_apply(world: World) -> None:
    del world.rows("pathway", "inbox")[0]


def apply_what_nobody_published(world: World) -> None:
    world.rows("indicators", "inbox")[0]["event_id"] = "invented"


def never_apply_an_arrival(world: World) -> None:
    rows = world.rows("notifications", "inbox")
    rows[:] = [row for row in rows if row["event_id"] != "arrival-2"]


def apply_without_effect(world: World) -> None:
    del world.rows("indicators", "movement_facts")[1]


def keep_other_words(world: World) -> None:
    world.rows("notifications", "facts")[0]["data"] = json.dumps({"kind": "discharge"})


def show_another_pathway(world: World) -> None:
    row = world.rows("pathway", "pathways")[0]
    row["document"] = row["document"].replace("in_progress", "finished")


def forget_an_expected_arrival(world: World) -> None:
    world.rows("pathway", "expectations").clear()


def leave_an_arrival_open(world: World) -> None:
    world.rows("pathway", "expectations")[0].update(state="open", arrival_movement_id=None)


def say_another_state(world: World) -> None:
    del world.ledgers["pathway"][1]


def send_against_the_order(world: World) -> None:
    world.records[0], world.records[1] = world.records[1], world.records[0]


def send_under_another_key(world: World) -> None:
    world.records[0] = replace(world.records[0], key="elsewhere")


def never_reach_the_broker(world: World) -> None:
    del world.records[1]


def place_position(world: World, next_offset: int, *, epoch: int = 1) -> None:
    place = {"cluster_id": "cluster", "topic": "relais.admission", "partition": 0}
    row = {**place, "txid": next_offset, "epoch": epoch, "next_offset": next_offset}
    world.rows("pathway", "positions").append(row)


def go_back_without_a_new_owner(world: World) -> None:
    for offset in (0, 10, 20, 10):
        place_position(world, offset)


def let_an_epoch_fall(world: World) -> None:
    place_position(world, 0, epoch=2)
    place_position(world, 10, epoch=1)


def pull_what_was_passed_over(world: World) -> None:
    place = {"cluster_id": "cluster", "topic": "relais.admission", "partition": 0, "epoch": 1}
    passed = {**place, "txid": 1, "next_offset": 9, "at": NOON}
    world.rows("pathway", "positions").append(passed)
    later = {"event_id": "event-1", "at": NOON + timedelta(seconds=1), "txid": 99}
    world.rows("pathway", "arrivals").append(later)


def plan_nothing(world: World) -> None:
    world.rows("notifications", "obligations").pop()


def claim_to_have_told(world: World) -> None:
    world.gateway.pop()


def expire_without_a_task(world: World) -> None:
    world.rows("notifications", "obligations")[0]["status"] = "expired"


def give_up_what_nobody_knows_of(world: World) -> None:
    obligation = world.rows("notifications", "obligations")[0]
    obligation.update(status="expired", reason="unreachable")
    world.rows("notifications", "human_tasks").append({"obligation_id": obligation["obligation_id"]})
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
    world.revoked_at = NOON + timedelta(minutes=2)
    world.rows("notifications", "members")[0]["revoked_at"] = world.revoked_at


def send_without_a_row(world: World) -> None:
    world.gateway.append({**world.gateway[0], "request_id": "orphan", "attempt": "nobody's"})


def send_before_the_row(world: World) -> None:
    world.gateway[0]["at"] = NOON.isoformat()


def call_twice_for_one_row(world: World) -> None:
    world.gateway.append({**world.gateway[0], "request_id": "twice"})


def leave_an_attempt_claimed(world: World) -> None:
    world.rows("notifications", "attempts")[0]["status"] = "claimed"


def park_a_sound_event(world: World) -> None:
    rows = world.rows("pathway", "parked")
    rows.append({**rows[0], "event_id": "event-1", "subject": "person-1"})


def skip_a_broken_record(world: World) -> None:
    world.rows("pathway", "parked").clear()


def leave_an_outcome(world: World) -> None:
    world.rows("notifications", "transitions").append({"obligation_id": "obligation-1", "status": "due"})


def never_publish_an_outcome(world: World) -> None:
    del world.ledgers["notifications"][1]


def name_a_person_on_the_bus(world: World) -> None:
    world.records[0] = replace(world.records[0], value='{"name": "ZZSECRETNAME"}')


def write_a_phone_in_a_header(world: World) -> None:
    world.records[0] = replace(world.records[0], headers=f"tel: {PHONE}")


def leave_something_unsent(world: World) -> None:
    world.rows("pathway", "outbox").append({"id": 1})


def leave_an_obligation_open(world: World) -> None:
    world.rows("notifications", "obligations")[0].update(status="due", next_action_at=NOON)


HARMS: Final[tuple[tuple[Harm, str], ...]] = (
    (lose_an_acknowledged_event, "I1 acknowledged"),
    (answer_with_another_event, "I1 acknowledged"),
    (keep_other_content, "I1 acknowledged"),
    (store_twice, "I2 unknown outcomes"),
    (store_what_was_refused, "I2 unknown outcomes"),
    (invent_a_submission, "I3 nothing invented"),
    (say_something_else, "I3 nothing invented"),
    (skip_a_number, "I4 dense sequence"),
    (number_against_the_order, "I4 dense sequence"),
    (draw_a_number_for_nothing, "I4 dense sequence"),
    (never_apply, "I5 inbox = ledger"),
    (apply_what_nobody_published, "I5 inbox = ledger"),
    (never_apply_an_arrival, "I5 inbox = ledger"),
    (apply_without_effect, "I6 copies of facts"),
    (keep_other_words, "I6 copies of facts"),
    (show_another_pathway, "I6 pathways = fold"),
    (forget_an_expected_arrival, "I6 pathways = fold"),
    (leave_an_arrival_open, "I6 pathways = fold"),
    (say_another_state, "I6 arrivals as stated"),
    (send_against_the_order, "I7 order on the bus"),
    (send_under_another_key, "I7 order on the bus"),
    (never_reach_the_broker, "I7 order on the bus"),
    (go_back_without_a_new_owner, "I7 positions"),
    (let_an_epoch_fall, "I7 positions"),
    (pull_what_was_passed_over, "I9 nothing passed over"),
    (plan_nothing, "I8 required is told"),
    (claim_to_have_told, "I8 required is told"),
    (expire_without_a_task, "I8 required is told"),
    (give_up_what_nobody_knows_of, "I8 required is told"),
    (correct_nothing_that_was_told, "I8 required is told"),
    (suppress_without_ground, "I8 required is told"),
    (supersede_by_nothing, "I8 required is told"),
    (say_another_moment, "I8 the last word"),
    (tell_a_stranger, "I8 only the entitled"),
    (tell_of_another_person, "I8 only the entitled"),
    (tell_after_the_revocation, "I8 only the entitled"),
    (repeat_without_reason, "I8 repeats"),
    (repeat_what_was_in_the_dark, "I8 repeats"),
    (repeat_by_another_obligation, "I8 repeats"),
    (forget_the_way_of_an_attempt, "I8 repeats"),
    (send_without_a_row, "I8 row before call"),
    (send_before_the_row, "I8 row before call"),
    (call_twice_for_one_row, "I8 row before call"),
    (leave_an_attempt_claimed, "I8 row before call"),
    (park_a_sound_event, "I10 parked = poison"),
    (skip_a_broken_record, "I10 parked = poison"),
    (leave_an_outcome, "I11 evidence"),
    (never_publish_an_outcome, "I11 evidence"),
    (name_a_person_on_the_bus, "I12 no personal data"),
    (write_a_phone_in_a_header, "I12 no personal data"),
    (leave_something_unsent, "I14 nothing pending"),
    (leave_an_obligation_open, "I14 nothing pending"),
)
