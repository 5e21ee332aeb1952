"""Balances the events of each day and establishment: received against what became of them. Pure.

received + unknown = applied + parked + dismissed + pending + missing
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from shared.spine.reconciliation.hours.tallies import DayKey, Tally
from shared.spine.reconciliation.repair.result import Result

State = Literal["compared", "moving", "unreachable", "no address"]
"""`moving`: events came in faster than both sides could be read."""


class BalanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the events that an establishment's facts made, on one day."""

    day: date
    establishment: str | None
    received: int
    """Recorded by the publisher."""
    applied: int = 0
    parked: int = 0
    """They are wrong, or wait behind one that is: a person must look."""
    dismissed: int = 0
    """By a person, with a reason."""
    pending: int = 0
    """Named one by one: recorded minutes ago at most, and on their way."""
    missing: int = 0
    """They should have been here long ago."""
    unknown: int = 0
    """Held here, and not known to the publisher."""

    @property
    def unexplained(self) -> int:
        """What does not balance, and what balances only because it is missing or unknown."""
        explained = self.applied + self.parked + self.dismissed + self.pending + self.missing
        return self.missing + self.unknown + abs(self.received + self.unknown - explained)


class NamedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event that only one side has."""

    event_id: UUID
    subject: UUID
    sequence: int
    recorded_at: datetime
    establishment: str | None

    @property
    def day_key(self) -> DayKey:
        """The day and establishment under which the event is counted."""
        return self.recorded_at.date(), self.establishment or ""


class PublisherReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one publisher's events in this service."""

    publisher: str
    state: State
    unexplained: int
    """0, or a person must look."""
    holes: int
    """Numbers that the publisher does not have, though it has later ones."""
    accounts: tuple[BalanceLine, ...]
    missing: tuple[NamedEvent, ...]
    """At most a hundred of them."""
    unknown: tuple[NamedEvent, ...]
    """At most a hundred of them."""
    last: Result | None
    """What the worker's last comparison found and repaired."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a service can account for."""

    service: str
    since: date
    until: datetime
    recorded: tuple[Tally, ...]
    """What the service itself published."""
    publishers: tuple[PublisherReport, ...]


def balance_lines(received: Counter[DayKey], **counted: Mapping[DayKey, int]) -> tuple[BalanceLine, ...]:
    """Return a line for each day and establishment; each argument is named like the field it fills."""
    day_keys = sorted({*received, *(key for each in counted.values() for key in each)})
    return tuple(
        BalanceLine(
            day=day,
            establishment=establishment or None,
            received=received[day, establishment],
            **{name: each.get((day, establishment), 0) for name, each in counted.items()},
        )
        for day, establishment in day_keys
    )
