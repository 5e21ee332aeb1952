"""Counts the persons in the establishment at the end of each local day.

A day that is not over is counted at `as_of`; a future day, or one before anything is known, is not counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from services.indicators.domain.calendar import Period, day_of
from services.indicators.domain.figures import Figures, Observation, share
from services.indicators.domain.stays import Stay
from shared.stays.presences import Presence


class Census(Observation, frozen=True, kw_only=True):
    """The persons present on one day."""

    persons: int


def censuses(
    stays: Iterable[Stay], *, period: Period, as_of: datetime, observed_since: date | None
) -> list[Census]:
    """One census for each day of the period that can be counted, of who had a bed."""
    if observed_since is None:
        return []
    present: dict[date, list[Stay]] = defaultdict(list)
    for stay in stays:
        for presence in stay.in_bed:
            for day in _counted_days(presence, period=period, as_of=as_of):
                present[day].append(stay)
    return [
        Census(day=day, rests_on=present[day], persons=len({stay.person_id for stay in present[day]}))
        for day in period.days()
        if observed_since <= day <= day_of(as_of)
    ]


def occupancy(observed: Sequence[Census]) -> Figures:
    """Persons on a day; over several days, their mean."""
    persons = sum(census.persons for census in observed)
    return Figures(
        value=share(persons, len(observed)),
        numerator=persons if observed else None,
        denominator=len(observed),
        details={"most": max((census.persons for census in observed), default=None)},
    )


def _counted_days(presence: Presence, *, period: Period, as_of: datetime) -> Iterable[date]:
    today = day_of(as_of)
    # At a midnight the person is present if they came on an earlier day and left on a later one.
    left_on = today if presence.ended_at is None else min(day_of(presence.ended_at), today)
    first = max(day_of(presence.began_at), period.first_day)
    last = min(left_on - timedelta(days=1), period.last_day)
    yield from (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    if today in period and presence.holds_at(as_of):
        yield today
