"""Holds the latest messages that arrived at the gateway, with their delivery reports."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

State = Literal["accepted", "accepted, not answered", "refused"]

KEPT = 5_000


class Report(msgspec.Struct, kw_only=True):
    """One call of the delivery-report URL."""

    type: int
    sent_at: datetime
    answered: int | None
    """The status of the answer; `None` when nobody answered."""


class Arrived(msgspec.Struct, kw_only=True):
    """One request to send an SMS."""

    id: str
    received_at: datetime
    to: str
    sender: str | None
    text: str
    validity_minutes: int | None
    state: State
    status: int
    """What the sender was answered, or would have been."""
    report_url: str | None
    report_mask: int
    trace: str | None
    reports: list[Report] = []


class Inbox:
    """Bounded in memory; the oldest go first."""

    def __init__(self, earlier: Iterable[Arrived] = ()) -> None:
        self._messages: deque[Arrived] = deque(earlier, maxlen=KEPT)

    def add(self, message: Arrived) -> None:
        self._messages.append(message)

    def listed(self, *, to: str | None, limit: int | None) -> list[Arrived]:
        """The latest messages, oldest first; all that are kept without a limit."""
        chosen = [m for m in self._messages if to is None or m.to == to]
        return chosen if limit is None else chosen[-limit:]

    def clear(self) -> None:
        self._messages.clear()
