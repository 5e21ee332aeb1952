"""Defines the thresholds for what is expected, late or contradictory, as data with a version."""

from datetime import timedelta
from typing import Final

import msgspec

from shared.events.admission import ClassOfStay
from shared.stays.classes import CLASSES_WITHOUT_BED
from shared.stays.clocks import WARD_CLOCK_AHEAD


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the thresholds; every expectation names the version that it was made under."""

    version: int = 1
    arrival_grace: timedelta = timedelta(seconds=3600)
    """After the moment at which the destination expects the person."""
    arrival_default: timedelta = timedelta(seconds=7200)
    """After the departure, when nobody said when the person is expected."""
    longest_journey: timedelta = timedelta(days=366)
    """An arrival that is announced for later than this after the departure is announced by mistake."""
    return_grace: timedelta = timedelta(seconds=3600)
    """After the moment at which a person on leave is expected back."""
    plan_grace: timedelta = timedelta(hours=12)
    """After the moment for which an admission, a transfer or a discharge is planned, before it was missed."""
    early_arrival: timedelta = timedelta(hours=2)
    """An admission may be dated this long before the departure that it follows: two establishments have two
    clocks, and a departure is often recorded when the papers are done, after the arrival."""
    longest_emergency: timedelta = timedelta(days=1)
    """An emergency stay that lasts longer has ended, though nobody said so, and shows nobody there."""
    feed_grace: timedelta = timedelta(minutes=30)
    """A destination that has not spoken since the deadline is waited for so long."""
    feed_settling: timedelta = timedelta(minutes=2)
    """What an establishment emitted before something that we heard is here after this time at the latest."""
    ward_ahead: timedelta = WARD_CLOCK_AHEAD
    """A ward's clock may run ahead of ours by this much; what is dated further ahead is planned."""
    mortuary_within: timedelta = timedelta(days=1)
    """Who died is moved within the establishment for so long."""
    overlap_tolerance: timedelta = timedelta(hours=1)
    """Two establishments may both count the person as present for this long."""
    shareable_classes: frozenset[ClassOfStay] = CLASSES_WITHOUT_BED
    """Stays that do not hold a bed, so they contradict no other stay, and end no wait elsewhere."""


RULES: Final = Rules()
