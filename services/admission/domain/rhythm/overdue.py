"""Says from when on a source is silent for longer than its rhythm lets expect."""

from datetime import datetime, timedelta
from typing import Final

from services.admission.domain.rhythm.learn import LEARNT_FROM, Rhythm
from services.admission.domain.rhythm.minutes import HOUR, WHOLE_HOUR, Minutes, between, hour_of, minutes_of

PERIODS: Final = 1.75
"""An alarm comes after so many expected periods without a sign: with its own delay, within two."""
LEAST_MINUTES: Final = 15
"""No pause is too long that is shorter: software is restarted."""


def overdue_at(
    rhythm: Rhythm, since: datetime, *, listened: Minutes, now: datetime, periods: float = PERIODS
) -> datetime | None:
    """When the pause since then is too long, or was, if nothing comes; `None`: not within eight weeks.

    Minutes of the past in which we did not listen do not count.
    """
    expected, minutes = 0.0, 0
    limit = periods * rhythm.period
    hour, begin = hour_of(since), since.minute + 1
    while hour - since < LEARNT_FROM:
        heeded, rate = _heeded(hour, listened, now), rhythm.rate(hour)
        count = between(heeded, begin)
        if expected + rate * count >= limit and minutes + count >= LEAST_MINUTES:
            for minute in minutes_of(heeded >> begin << begin):
                expected, minutes = expected + rate, minutes + 1
                if expected >= limit and minutes >= LEAST_MINUTES:
                    return hour + timedelta(minutes=minute + 1)
        else:
            expected, minutes = expected + rate * count, minutes + count
        hour, begin = hour + HOUR, 0
    return None


def _heeded(hour: datetime, listened: Minutes, now: datetime) -> int:
    """The minutes of the hour in which we listened, and those that are still to come."""
    this_hour = hour_of(now)
    if hour > this_hour:
        return WHOLE_HOUR
    to_come = WHOLE_HOUR >> now.minute << now.minute if hour == this_hour else 0
    return listened.get(hour, 0) | to_come
