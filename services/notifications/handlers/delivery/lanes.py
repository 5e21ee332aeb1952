"""Wakes the sending lanes of this process: one lane for each medium."""

import asyncio
from typing import get_args

from services.notifications.domain.circle.members import Medium


class Lanes:
    """A signal for each lane. A lane looks for due obligations when it is set, or after an idle time."""

    def __init__(self) -> None:
        self._signals: dict[Medium, asyncio.Event] = {medium: asyncio.Event() for medium in get_args(Medium)}

    def signal(self, medium: Medium) -> asyncio.Event:
        """The signal of one lane."""
        return self._signals[medium]

    def wake(self, _pool: object = None) -> None:
        """Set all signals; handed to `after_commit` by whoever plans obligations in a transaction."""
        for signal in self._signals.values():
            signal.set()
