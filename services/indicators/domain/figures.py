"""Turns observations into figures: one value for each day, and one for the whole period.

An indicator turns facts into observations (a day's census, a stay that ended, a transfer that was due,
a carer who was informed), and says how observations are summarised. Where there is nothing to divide by,
the value is `None`, never zero.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

import msgspec

from services.indicators.domain.calendar import Period, end_of


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a conclusion rests on: how many facts, and when the newest of them was recorded."""

    events: int
    newest_recorded_at: datetime


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that counts towards a day, and its evidence."""

    day: date
    rests_on: Sequence[Evidence]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of observations amounts to."""

    value: float | None
    numerator: float | None
    denominator: int
    details: Mapping[str, float | None] = {}


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one day or of a period, with how much they rest on."""

    period: Period
    figures: Figures
    provisional: bool
    """The period was not over at the moment that the value is as of."""
    events: int
    newest_recorded_at: datetime | None


ObservationType = TypeVar("ObservationType", bound=Observation)
Summarise = Callable[[Sequence[ObservationType]], Figures]


def daily_values(
    observations: Sequence[ObservationType],
    summarise: Summarise[ObservationType],
    *,
    period: Period,
    as_of: datetime,
) -> list[Value]:
    """A value for each day of the period, also for days of which nothing is known."""
    by_day: dict[date, list[ObservationType]] = defaultdict(list)
    for observation in observations:
        by_day[observation.day].append(observation)
    days = (Period(first_day=day, last_day=day) for day in period.days())
    return [value_of(by_day[day.first_day], summarise, period=day, as_of=as_of) for day in days]


def value_of(
    observations: Sequence[ObservationType],
    summarise: Summarise[ObservationType],
    *,
    period: Period,
    as_of: datetime,
) -> Value:
    """One value for all the observations."""
    # A stay is evidence for the census of many days, and counts once for the whole month.
    evidence = {id(each): each for observation in observations for each in observation.rests_on}.values()
    return Value(
        period=period,
        figures=summarise(observations),
        provisional=as_of < end_of(period.last_day),
        events=sum(each.events for each in evidence),
        newest_recorded_at=max((each.newest_recorded_at for each in evidence), default=None),
    )


def share(numerator: float, denominator: int) -> float | None:
    """The ratio; `None` when the denominator is 0."""
    return numerator / denominator if denominator else None


def percentile(values: Sequence[float], percent: int) -> float | None:
    """The smallest value that at least `percent` of all values do not exceed (nearest rank)."""
    if not values:
        return None
    rank = -(-len(values) * percent // 100)
    return sorted(values)[max(rank, 1) - 1]
