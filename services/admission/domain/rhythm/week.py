"""Tells in which hour of an establishment's week a moment falls; a public holiday counts as a Sunday."""

from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from services.admission.domain.rhythm.holidays import holidays

SATURDAY: Final = 5
SUNDAY: Final = 6


class Place(NamedTuple):
    """Where a source is, as far as its week depends on it."""

    zone: ZoneInfo
    commune: str = ""
    """COG code; empty where it is not known."""


class WeekHour(NamedTuple):
    """An hour of the week, as it is lived there."""

    weekday: int
    """From 0, a Monday; 6 is a holiday, too, whatever day it is."""
    hour: int

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The hours that it belongs to, from all of them to itself: those of days alike come between.

        All working days are alike; Saturdays, and Sundays with holidays, are days of their own.
        """
        day = max(self.weekday, SATURDAY - 1)
        return (), (day,), (day, self.hour), (day, self.hour, self.weekday)


WEEK: Final = tuple(WeekHour(weekday, hour) for weekday in range(7) for hour in range(24))


def week_hour(moment: datetime, place: Place) -> WeekHour:
    """The hour of the week there, at that moment."""
    local = moment.astimezone(place.zone)
    day = local.date()
    return WeekHour(SUNDAY if day in holidays(day.year, place.commune) else day.weekday(), local.hour)
