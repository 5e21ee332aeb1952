"""Changes to a valid run that violate I5 to I7, I9, I10, I12 and I14."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tests.unit.continuity.valid_run import NOON, PHONE, Case, Violation


def count_another_outcome(case: Case) -> None:
    case.rows("indicators", "obligation_facts")[0]["outcome"] = "expired"


def count_another_moment(case: Case) -> None:
    case.rows("indicators", "movement_facts")[0]["occurred_at"] = NOON


def never_apply(case: Case) -> None:
    del case.rows("pathway", "inbox")[0]


def apply_what_nobody_published(case: Case) -> None:
    case.rows("indicators", "inbox")[0]["event_id"] = "invented"


def never_apply_an_arrival(case: Case) -> None:
    rows = case.rows("notifications", "inbox")
    rows[:] = [row for row in rows if row["event_id"] != "arrival-2"]


def apply_without_effect(case: Case) -> None:
    del case.rows("indicators", "movement_facts")[1]


def keep_other_words(case: Case) -> None:
    case.rows("notifications", "facts")[0]["data"] = json.dumps({"kind": "discharge"})


def show_another_pathway(case: Case) -> None:
    row = case.rows("pathway", "pathways")[0]
    row["document"] = row["document"].replace("in_progress", "finished")


def forget_an_expected_arrival(case: Case) -> None:
    case.rows("pathway", "expectations").clear()


def leave_an_arrival_open(case: Case) -> None:
    case.rows("pathway", "expectations")[0].update(state="open", arrival_movement_id=None)


def say_another_state(case: Case) -> None:
    del case.ledgers["pathway"][1]


def send_against_the_order(case: Case) -> None:
    case.records[0], case.records[1] = case.records[1], case.records[0]


def send_under_another_key(case: Case) -> None:
    case.records[0] = replace(case.records[0], key="elsewhere")


def never_reach_the_broker(case: Case) -> None:
    del case.records[1]


def place_position(case: Case, next_offset: int, *, epoch: int = 1) -> None:
    place = {"cluster_id": "cluster", "topic": "relais.admission", "partition": 0}
    rows = case.rows("pathway", "positions")
    moved = {"id": len(rows), "at": NOON, "txid": next_offset, "epoch": epoch, "next_offset": next_offset}
    rows.append({**place, **moved})


def go_back_without_a_new_owner(case: Case) -> None:
    for offset in (0, 10, 20, 10):
        place_position(case, offset)


def let_an_epoch_fall(case: Case) -> None:
    place_position(case, 0, epoch=2)
    place_position(case, 10, epoch=1)


def pull_what_was_passed_over(case: Case) -> None:
    place_position(case, 9)
    later = {"event_id": "event-1", "at": NOON + timedelta(seconds=1), "txid": 99}
    case.rows("pathway", "arrivals").append(later)


def park_a_sound_event(case: Case) -> None:
    rows = case.rows("pathway", "parked")
    rows.append({**rows[0], "event_id": "event-1", "subject": "person-1"})


def park_what_nobody_put_there(case: Case) -> None:
    rows = case.rows("pathway", "parked")
    rows.append({**rows[-1], "key": "unknown"})


def skip_a_broken_record(case: Case) -> None:
    del case.rows("pathway", "parked")[0]


def skip_an_unreadable_record(case: Case) -> None:
    del case.rows("pathway", "parked")[1:]


def name_a_person_on_the_bus(case: Case) -> None:
    case.records[0] = replace(case.records[0], value='{"name": "ZZSECRETNAME"}')


def write_a_phone_in_a_header(case: Case) -> None:
    case.records[0] = replace(case.records[0], headers=f"tel: {PHONE}")


def write_a_phone_in_a_url(case: Case) -> None:
    case.records[0] = replace(case.records[0], value=f"GET /sendsms?to=%2B{PHONE.removeprefix('+')}&text=x")


def leave_something_unsent(case: Case) -> None:
    case.rows("pathway", "outbox").append({"id": 1})


def leave_an_obligation_open(case: Case) -> None:
    case.rows("notifications", "obligations")[0].update(status="due", next_action_at=NOON)


APPLIED: Final[tuple[tuple[Violation, str], ...]] = (
    (never_apply, "I5 inbox = ledger"),
    (apply_what_nobody_published, "I5 inbox = ledger"),
    (never_apply_an_arrival, "I5 inbox = ledger"),
    (apply_without_effect, "I6 copies of facts"),
    (keep_other_words, "I6 copies of facts"),
    (count_another_outcome, "I6 copies of facts"),
    (count_another_moment, "I6 copies of facts"),
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
    (park_a_sound_event, "I10 parked = poison"),
    (park_what_nobody_put_there, "I10 parked = poison"),
    (skip_a_broken_record, "I10 parked = poison"),
    (skip_an_unreadable_record, "I10 parked = poison"),
    (name_a_person_on_the_bus, "I12 no personal data"),
    (write_a_phone_in_a_header, "I12 no personal data"),
    (write_a_phone_in_a_url, "I12 no personal data"),
    (leave_something_unsent, "I14 nothing pending"),
    (leave_an_obligation_open, "I14 nothing pending"),
)
