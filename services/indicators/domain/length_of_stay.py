"""Measures the stays that ended, in midnights spent in a bed of the establishment."""

import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.indicators.domain.calendar import Period, day_of
from services.indicators.domain.figures import Figures, Observation, percentile, share
from services.indicators.domain.stays import Stay


class EndedStay(Observation, frozen=True, kw_only=True):
    """A stay whose last bed was given up on that day."""

    days: int
    has_admission: bool


def ended_stays(stays: Iterable[Stay], *, period: Period, as_of: datetime) -> list[EndedStay]:
    """The stays with a bed that ended in the period and before `as_of`."""
    return [
        EndedStay(
            day=day_of(stay.bed_left_at),
            rests_on=(stay,),
            days=stay.length_days,
            has_admission=stay.has_admission,
        )
        for stay in stays
        if stay.bed_left_at is not None and stay.bed_left_at <= as_of and day_of(stay.bed_left_at) in period
    ]


def length_of_stay(observed: Sequence[EndedStay]) -> Figures:
    """Mean, median and ninth decile; a stay whose beginning is unknown is counted apart."""
    lengths = [stay.days for stay in observed if stay.has_admission]
    return Figures(
        value=share(sum(lengths), len(lengths)),
        numerator=sum(lengths) if lengths else None,
        denominator=len(lengths),
        details={
            "median": statistics.median(lengths) if lengths else None,
            "p90": percentile(lengths, 90),
            "without_admission": len(observed) - len(lengths),
        },
    )
