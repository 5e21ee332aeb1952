"""Waits for a platform that works on its own time: asks until the answer is right, at growing intervals.

To ask may start a process, and those who are waited for need the processor more.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 180.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0


def eventually(ask: Callable[[], T | None], *, within_seconds: float = PATIENCE_SECONDS) -> T:
    """The first answer of `ask` that is true; fails with the last one when none is in time."""
    deadline = time.monotonic() + within_seconds
    pause_seconds = _FIRST_PAUSE_SECONDS
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {within_seconds:.0f} s: {ask}")
        time.sleep(pause_seconds)
        pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)
