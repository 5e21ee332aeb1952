"""Makes what was heard of a source that keeps to a timetable."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.admission.domain.rhythm.minutes import HOUR, WHOLE_HOUR, bit_of, hour_of
from services.admission.domain.rhythm.week import Place

PARIS: Final = Place(ZoneInfo("Europe/Paris"))
MONDAY: Final = datetime(2026, 8, 31, tzinfo=PARIS.zone)
"""Eight weeks from here pass no holiday and one change of clocks."""

Speaks = Callable[[datetime], Iterable[int]]
"""The minutes in which a source speaks, of an hour that begins then, as it is lived in Paris."""


def hours(weeks: float, *, since: datetime = MONDAY) -> list[datetime]:
    """The hours (UTC) of so many weeks."""
    begin = since.astimezone(UTC)
    return [begin + HOUR * number for number in range(int(timedelta(weeks=weeks) / HOUR))]


def heard(speaks: Speaks, weeks: float) -> tuple[dict[datetime, int], dict[datetime, int]]:
    """What it spoke, and that we always listened."""
    spoken: defaultdict[datetime, int] = defaultdict(int)
    for hour in hours(weeks):
        for minute in speaks(hour.astimezone(PARIS.zone)):
            moment = hour + timedelta(minutes=minute)
            spoken[hour_of(moment)] |= bit_of(moment)
    return dict(spoken), dict.fromkeys(hours(weeks), WHOLE_HOUR)


def office(local: datetime) -> Iterable[int]:
    """From eight to six on working days, every ten minutes."""
    return range(0, 60, 10) if local.weekday() < 5 and 8 <= local.hour < 18 else ()


def nightly(local: datetime) -> Iterable[int]:
    """One file a day, at six in the morning."""
    return (0,) if local.hour == 6 else ()


def ceaseless(_local: datetime) -> Iterable[int]:
    """In every minute."""
    return range(60)
