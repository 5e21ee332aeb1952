"""Ways to break what was stated and numbered: I1 to I4."""

from dataclasses import replace
from typing import Final

from tests.unit.continuity.whole_world import NOON, Harm, World


def lose_an_acknowledged_event(world: World) -> None:
    del world.ledgers["admission"][1]


def answer_with_another_event(world: World) -> None:
    world.clients.append({**world.clients[1], "event_id": "event-2"})


def answer_with_the_event_of_another(world: World) -> None:
    del world.clients[3]
    world.clients.append({**world.clients[1], "source_event_id": "source-2", "body_sha256": "sha-2"})
    world.clients[-1]["content_sha256"] = "sha-2"


def answer_with_other_content(world: World) -> None:
    world.clients[1]["content_sha256"] = "another"


def make_two_of_one_person(world: World) -> None:
    world.ledgers["admission"][1] = replace(world.ledgers["admission"][1], subject="person-2")


def make_one_of_two_persons(world: World) -> None:
    world.clients[0]["person"] = world.clients[1]["person"] = "P2"


def answer_about_another_person(world: World) -> None:
    world.clients[1]["person_id"] = "person-2"


def change_a_moment(world: World) -> None:
    world.clients[0]["stated"]["occurred_at"] = NOON.isoformat()


def forget_where_to(world: World) -> None:
    world.clients[2]["stated"]["destination"] = {"mode": "home"}


def make_an_insert_of_an_update(world: World) -> None:
    world.clients[0]["stated"]["action"] = "update"


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


STATED: Final[tuple[tuple[Harm, str], ...]] = (
    (lose_an_acknowledged_event, "I1 acknowledged"),
    (answer_with_another_event, "I1 acknowledged"),
    (answer_with_the_event_of_another, "I1 acknowledged"),
    (answer_with_other_content, "I1 acknowledged"),
    (keep_other_content, "I1 acknowledged"),
    (store_twice, "I2 unknown outcomes"),
    (store_what_was_refused, "I2 unknown outcomes"),
    (invent_a_submission, "I3 nothing invented"),
    (say_something_else, "I3 nothing invented"),
    (change_a_moment, "I3 nothing invented"),
    (forget_where_to, "I3 nothing invented"),
    (make_an_insert_of_an_update, "I3 nothing invented"),
    (make_two_of_one_person, "I3 whose it is"),
    (make_one_of_two_persons, "I3 whose it is"),
    (answer_about_another_person, "I3 whose it is"),
    (skip_a_number, "I4 dense sequence"),
    (number_against_the_order, "I4 dense sequence"),
    (draw_a_number_for_nothing, "I4 dense sequence"),
)
