"""Ways to send a message again in a whole world, none of them excused by anything yet."""

from datetime import datetime, timedelta

from tests.unit.continuity.whole_world import NOON, World, move_attempt


def repeat_without_reason(world: World) -> None:
    again = {"attempt_id": "attempt-1b", "number": 2}
    world.rows("notifications", "attempts").append({**world.rows("notifications", "attempts")[0], **again})
    at = datetime.fromisoformat(world.gateway[0]["at"]) + timedelta(seconds=40)
    asked = {**world.gateway[0], "request_id": "again", "attempt": "attempt-1b", "at": at.isoformat()}
    world.gateway.append(asked)
    move_attempt(world, "attempt-1b", "claimed", at=at)


def repeat_what_was_in_the_dark(world: World) -> None:
    """Nothing was heard of the first try for the length of its lease; then it is made again."""
    moves = world.rows("notifications", "attempt_moves")
    moves[1].update(status="unknown", at=NOON + timedelta(minutes=1, seconds=33))
    del moves[2]
    repeat_without_reason(world)


def repeat_by_another_obligation(world: World) -> None:
    """The same words to the same phone, as another obligation's."""
    world.gateway[1]["text"] = world.gateway[0]["text"]


def forget_the_way_of_an_attempt(world: World) -> None:
    del world.rows("notifications", "attempt_moves")[:3]
