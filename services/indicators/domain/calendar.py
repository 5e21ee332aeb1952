"""Defines local days: those of Europe/Paris, each ending at its local midnight."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

TIME_ZONE: Final = ZoneInfo("Europe/Paris")


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """Whole local days, both ends included."""

    first_day: date
    last_day: date

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    @property
    def length_days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def starts_at(self) -> datetime:
        return start_of(self.first_day)

    @property
    def ends_at(self) -> datetime:
        return end_of(self.last_day)

    def days(self) -> Iterator[date]:
        for offset in range(self.length_days):
            yield self.first_day + timedelta(days=offset)


def day_of(moment: datetime) -> date:
    """The local day in which the moment lies; the nearest that exists, at the ends of the calendar."""
    try:
        return moment.astimezone(TIME_ZONE).date()
    except OverflowError:
        return moment.date()


def start_of(day: date) -> datetime:
    """The first moment of the day; 23 or 25 hours before its end when the clocks change."""
    return datetime.combine(day, time.min, tzinfo=TIME_ZONE)


def end_of(day: date) -> datetime:
    """The first moment that no longer belongs to the day."""
    return start_of(day + timedelta(days=1))
