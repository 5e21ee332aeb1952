"""Replays one feed from its ninth week on, with what was learnt before each day."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from benchmarks.silence.feeds import BEGIN, WEEKS, ZONE
from services.admission.domain.rhythm.learn import LEARNT_FROM, Rhythm, learn
from services.admission.domain.rhythm.minutes import HOUR, WHOLE_HOUR, bit_of, hour_of
from services.admission.domain.rhythm.overdue import PERIODS, overdue_at
from services.admission.domain.rhythm.week import Place

PLACE: Final = Place(ZONE)
CUTS_OF_A_FEED: Final = 100
LISTENED: Final = {hour_of(BEGIN) + HOUR * number: WHOLE_HOUR for number in range((WEEKS + 10) * 168)}


@dataclass(slots=True)
class Found:
    """What came of some feeds."""

    weeks: float = 0.0
    messages: int = 0
    false_alarms: int = 0
    delays: list[timedelta] = field(default_factory=list)
    """Of each cut, from the last message to the alarm."""
    periods: list[float] = field(default_factory=list)
    """The same, in expected periods on the clock."""


def replay(feed: Sequence[datetime], found: Found, *, seed: int) -> None:
    """Add the alarms in pauses that nobody cut out, and how soon cuts at drawn places are noticed."""
    rhythms = _rhythms(feed)
    places = [place for place, moment in enumerate(feed[:-1]) if moment.date() in rhythms]
    found.weeks += WEEKS - LEARNT_FROM / timedelta(weeks=1)
    found.messages += len(places)
    found.false_alarms += sum(_after(rhythms, feed[place]) < feed[place + 1] for place in places)
    for place in random.Random(seed).sample(places, min(CUTS_OF_A_FEED, len(places))):  # noqa: S311 - a replay
        since = feed[place]
        delay, period = _after(rhythms, since) - since, _after(rhythms, since, periods=1.0) - since
        found.delays.append(delay)
        found.periods.append(delay / period)


def _rhythms(feed: Sequence[datetime]) -> Mapping[date, Rhythm]:
    """What was learnt before each day."""
    spoken: defaultdict[datetime, int] = defaultdict(int)
    for moment in feed:
        spoken[hour_of(moment)] |= bit_of(moment)
    days = [BEGIN + LEARNT_FROM + timedelta(days=number) for number in range(7 * WEEKS - LEARNT_FROM.days)]
    known = {}
    for day in days:
        hours = [hour for hour in LISTENED if day - LEARNT_FROM <= hour < day]
        rhythm = learn(
            {each: spoken[each] for each in hours if each in spoken},
            {each: LISTENED[each] for each in hours},
            PLACE,
        )
        if rhythm is not None:
            known[day.date()] = rhythm
    return known


def _after(rhythms: Mapping[date, Rhythm], since: datetime, *, periods: float = PERIODS) -> datetime:
    found = overdue_at(rhythms[since.date()], since, listened=LISTENED, now=since, periods=periods)
    return found or datetime.max.replace(tzinfo=since.tzinfo)
