"""Learns how likely a source speaks in a minute of each hour of the week."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.admission.domain.rhythm.minutes import Minutes
from services.admission.domain.rhythm.week import WEEK, WeekHour

BELIEVED_MINUTES: Final = 60.0
"""What similar hours say counts like so many minutes of an hour itself."""

Rates = Mapping[WeekHour, float]


def learn_rates(spoken: Minutes, listened: Minutes, hours: Mapping[datetime, WeekHour]) -> Rates:
    """Of every hour of the week: the share of its minutes in which the source spoke while we listened.

    What an hour lacks, that hour of similar days says; what that lacks, all hours of similar days; what those
    lack, all there are. So none is 0, which would mean that nothing is ever expected then.
    """
    heard: Counter[tuple[int, ...]] = Counter()
    heeded: Counter[tuple[int, ...]] = Counter()
    for hour, of_week in hours.items():
        for group in of_week.groups:
            heard[group] += spoken.get(hour, 0).bit_count()
            heeded[group] += listened[hour].bit_count()

    def rate(of_week: WeekHour) -> float:
        found = 0.0
        for group in of_week.groups:
            believed = BELIEVED_MINUTES if found else 1.0
            found = (heard[group] + believed * found) / (heeded[group] + believed)
        return found

    return {of_week: rate(of_week) for of_week in WEEK}
