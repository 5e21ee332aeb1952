"""A run is settled when nothing is left to do, and nothing came about while that was looked at."""

from collections.abc import Awaitable, Callable, Iterator

import pytest

from tests.continuity.settling import RemainingWork, until_settled


def looking(*found: RemainingWork) -> Callable[[], Awaitable[RemainingWork]]:
    """Finds one after the other; asking once more is an error."""
    left: Iterator[RemainingWork] = iter(found)

    async def look() -> RemainingWork:
        return next(left)

    return look


async def test_what_is_left_is_waited_for() -> None:
    done = RemainingWork(unsent={"pathway": 0}, published=9)

    settled = await until_settled(
        looking(RemainingWork(unsent={"pathway": 2}, published=9), done, done),
        within_seconds=60,
        pause_seconds=0,
    )

    assert settled.is_settled


async def test_what_was_published_during_a_look_is_looked_for_again() -> None:
    looks = [RemainingWork(published=events) for events in (9, 11, 11)]

    assert (await until_settled(looking(*looks), within_seconds=60, pause_seconds=0)).published == 11


async def test_when_the_time_is_up_what_is_left_is_said() -> None:
    late = RemainingWork(unapplied={"pathway<admission": 3, "indicators<pathway": 0}, unjudged=1)

    assert (await until_settled(looking(late), within_seconds=-1)).left == {
        "unapplied": {"pathway<admission": 3},
        "unjudged": 1,
    }


@pytest.mark.parametrize(
    "left",
    [RemainingWork(unread={"pathway<admission": 1}), RemainingWork(unjudged=1), RemainingWork(reports=1)],
)
def test_a_record_that_nobody_came_to_and_a_deadline_that_nobody_noticed_are_work(
    left: RemainingWork,
) -> None:
    assert not left.is_settled
