"""When is an account balanced? Pure: numbers by day and establishment in, one line for each out.

received + unknown = applied + parked + dismissed + pending + missing
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from shared.spine.reconciliation.result import Result
from shared.spine.reconciliation.shapes import Tally

Day = tuple[date, str]
"""Day of recording (UTC) and establishment, the empty one for events of none."""

State = Literal["compared", "moving", "unreachable", "no address"]
"""`moving`: events came in faster than both sides could be read."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
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
        """What does not balance, with what balances only because it is missing or unknown."""
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
    def day(self) -> Day:
        return self.recorded_at.date(), self.establishment or ""


class PublisherReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one publisher's events in this service."""

    publisher: str
    state: State
    unexplained: int
    """0, or somebody must look."""
    holes: int
    """Numbers that the publisher does not have, though it has later ones."""
    accounts: tuple[Account, ...]
    missing: tuple[NamedEvent, ...]
    """At most a hundred of them."""
    unknown: tuple[NamedEvent, ...]
    """At most a hundred of them."""
    last: Result | None
    """What the worker's last comparison found and mended."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a service can account for."""

    service: str
    since: date
    until: datetime
    recorded: tuple[Tally, ...]
    """What the service itself published."""
    publishers: tuple[PublisherReport, ...]


def accounts_of(received: Counter[Day], **counted: Mapping[Day, int]) -> tuple[Account, ...]:
    """One line for each day and establishment; the names of the arguments are those of the numbers."""
    days = sorted({*received, *(day for each in counted.values() for day in each)})
    return tuple(
        Account(
            day=day,
            establishment=establishment or None,
            received=received[day, establishment],
            **{name: each.get((day, establishment), 0) for name, each in counted.items()},
        )
        for day, establishment in days
    )
