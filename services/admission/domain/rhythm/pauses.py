"""Measures pauses by what a rhythm expects in them, so that a night weighs little and a morning much."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.admission.domain.rhythm.minutes import Minutes, between, minutes_of


def pauses(spoken: Minutes, listened: Minutes, expected: Iterable[tuple[datetime, float]]) -> Iterator[float]:
    """How many minutes with a message were expected in each pause between two of them, in their order.

    `expected`: the hours in order, with the rate of each. What we did not listen to is no part of a pause.
    """
    pause: float | None = None
    for hour, rate in expected:
        begin = 0
        for minute in minutes_of(spoken.get(hour, 0)):
            if pause is not None:
                yield pause + rate * between(listened[hour], begin, minute)
            pause, begin = 0.0, minute + 1
        if pause is not None:
            pause += rate * between(listened[hour], begin)
