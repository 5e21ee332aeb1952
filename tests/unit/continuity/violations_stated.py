"""Changes to a valid run that violate I1 to I4."""

from dataclasses import replace
from typing import Final

from tests.unit.continuity.valid_run import NOON, Case, Violation


def lose_an_acknowledged_event(case: Case) -> None:
    del case.ledgers["admission"][1]


def answer_with_another_event(case: Case) -> None:
    case.clients.append({**case.clients[1], "event_id": "event-2"})


def answer_with_the_event_of_another(case: Case) -> None:
    del case.clients[3]
    case.clients.append({**case.clients[1], "source_event_id": "source-2", "body_sha256": "sha-2"})
    case.clients[-1]["content_sha256"] = "sha-2"


def answer_with_other_content(case: Case) -> None:
    case.clients[1]["content_sha256"] = "another"


def come_as_hl7(case: Case) -> None:
    """The first movement comes over MLLP: only its receipt says by which digest its content is known."""
    for line in case.clients[:2]:
        line.update(door="mllp", body_sha256="of the json")


def acknowledge_too_early(case: Case) -> None:
    come_as_hl7(case)
    case.clients[1]["receipt_was_missing"] = True


def acknowledge_what_is_never_stored(case: Case) -> None:
    come_as_hl7(case)
    case.clients[1].update(event_id=None, person_id=None, content_sha256=None)


def state_something_else_by_hl7(case: Case) -> None:
    come_as_hl7(case)
    case.clients[0]["stated"]["unit"] = "CHIR"


def make_two_of_one_person(case: Case) -> None:
    case.ledgers["admission"][1] = replace(case.ledgers["admission"][1], subject="person-2")


def make_one_of_two_persons(case: Case) -> None:
    case.clients[0]["person"] = case.clients[1]["person"] = "P2"


def answer_about_another_person(case: Case) -> None:
    case.clients[1]["person_id"] = "person-2"


def change_a_moment(case: Case) -> None:
    case.clients[0]["stated"]["occurred_at"] = NOON.isoformat()


def forget_where_to(case: Case) -> None:
    case.clients[2]["stated"]["destination"] = {"mode": "home"}


def forget_a_unit(case: Case) -> None:
    case.clients[0]["stated"]["unit"] = "MED"


def make_two_of_one_unit(case: Case) -> None:
    for number, code in ((0, "one"), (1, "two")):
        case.clients[2 * number]["stated"]["unit"] = "MED"
        event = case.ledgers["admission"][number]
        case.ledgers["admission"][number] = replace(event, data={**event.data, "unit": code})


def make_an_insert_of_an_update(case: Case) -> None:
    case.clients[0]["stated"]["action"] = "update"


def keep_other_content(case: Case) -> None:
    case.rows("admission", "submissions")[0]["sha256"] = "another"


def store_twice(case: Case) -> None:
    case.rows("admission", "submissions").append(
        {**case.rows("admission", "submissions")[0], "event_id": "event-9"}
    )


def store_what_was_refused(case: Case) -> None:
    for line in case.clients[:2]:
        if line["what"] == "answer":
            line["status"] = 422


def invent_a_submission(case: Case) -> None:
    case.rows("admission", "submissions")[2]["source_event_id"] = "nobody sent this"


def say_something_else(case: Case) -> None:
    case.clients[0]["stated"]["establishment"] = "another"


def forget_who_stated_it(case: Case) -> None:
    del case.rows("admission", "accesses")[0]


def record_it_of_another(case: Case) -> None:
    case.rows("admission", "accesses")[0]["person_id"] = "person-2"


def record_what_was_refused(case: Case) -> None:
    case.rows("admission", "accesses")[0]["stage"] = "refused"


def read_without_a_request(case: Case) -> None:
    entry = {**case.rows("admission", "accesses")[0], "access_id": "access-9", "operation": "find_person"}
    case.rows("admission", "accesses").append(entry)


def state_once_and_record_twice(case: Case) -> None:
    case.rows("admission", "accesses").append(
        {**case.rows("admission", "accesses")[0], "access_id": "access-9"}
    )


def skip_a_number(case: Case) -> None:
    case.ledgers["admission"][2] = replace(case.ledgers["admission"][2], sequence=4)


def number_against_the_order(case: Case) -> None:
    first, second = case.ledgers["admission"][:2]
    case.ledgers["admission"][:2] = [replace(first, sequence=2), replace(second, sequence=1)]


def draw_a_number_for_nothing(case: Case) -> None:
    case.rows("pathway", "subjects")[0]["last_sequence"] = 7


STATED: Final[tuple[tuple[Violation, str], ...]] = (
    (lose_an_acknowledged_event, "I1 acknowledged"),
    (answer_with_another_event, "I1 acknowledged"),
    (answer_with_the_event_of_another, "I1 acknowledged"),
    (answer_with_other_content, "I1 acknowledged"),
    (acknowledge_too_early, "I1 acknowledged"),
    (acknowledge_what_is_never_stored, "I1 acknowledged"),
    (keep_other_content, "I1 acknowledged"),
    (store_twice, "I2 unknown outcomes"),
    (store_what_was_refused, "I2 unknown outcomes"),
    (invent_a_submission, "I3 nothing invented"),
    (say_something_else, "I3 nothing invented"),
    (state_something_else_by_hl7, "I3 nothing invented"),
    (change_a_moment, "I3 nothing invented"),
    (forget_where_to, "I3 nothing invented"),
    (forget_a_unit, "I3 nothing invented"),
    (make_an_insert_of_an_update, "I3 nothing invented"),
    (make_two_of_one_unit, "I3 whose it is"),
    (make_two_of_one_person, "I3 whose it is"),
    (make_one_of_two_persons, "I3 whose it is"),
    (answer_about_another_person, "I3 whose it is"),
    (skip_a_number, "I4 dense sequence"),
    (number_against_the_order, "I4 dense sequence"),
    (draw_a_number_for_nothing, "I4 dense sequence"),
    (forget_who_stated_it, "I12 no access unrecorded"),
    (record_it_of_another, "I12 no access unrecorded"),
    (record_what_was_refused, "I12 no access unrecorded"),
    (read_without_a_request, "I12 no access unrecorded"),
    (state_once_and_record_twice, "I12 no access unrecorded"),
)
