"""Learns a source's rhythm from the minutes in which it spoke."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from services.admission.domain.rhythm.minutes import Minutes
from services.admission.domain.rhythm.pauses import pauses
from services.admission.domain.rhythm.rates import Rates, learn_rates
from services.admission.domain.rhythm.week import Place, week_hour

LEARNT_FROM: Final = timedelta(weeks=8)
"""What is older teaches nothing: a rhythm may change."""
LEAST: Final = timedelta(weeks=2)
LEAST_PAUSES: Final = 8
UNUSUAL_PAUSES: Final = 1
"""So many of the longest pauses are left out: one outage is not learnt as usual, a second one is."""


class Rhythm(Struct, frozen=True, kw_only=True):
    """When a source usually speaks."""

    place: Place
    rates: Rates
    period: float
    """Its longest usual pause, in minutes with a message that are expected meanwhile."""

    def rate(self, hour: datetime) -> float:
        """How likely it speaks in a minute of this hour."""
        return self.rates[week_hour(hour, self.place)]


def learn(spoken: Minutes, listened: Minutes, place: Place) -> Rhythm | None:
    """The rhythm; `None` while it is heard for less than two weeks, or with fewer than eight pauses."""
    since = min(spoken, default=None)
    hours = {hour: week_hour(hour, place) for hour in sorted(listened) if since and hour >= since}
    if since is None or not hours or max(hours) - since < LEAST:
        return None
    rates = learn_rates(spoken, listened, hours)
    expected = ((hour, rates[of_week]) for hour, of_week in hours.items())
    lengths = sorted(pauses(spoken, listened, expected))
    if len(lengths) < LEAST_PAUSES:
        return None
    return Rhythm(place=place, rates=rates, period=lengths[-1 - UNUSUAL_PAUSES])
