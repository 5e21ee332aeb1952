"""Every few seconds: how many obligations are where, and how old is the oldest that is due?"""

from functools import partial
from typing import Final

from services.notifications.handlers import watch
from services.notifications.handlers.means import Means
from shared.spine.worker import Duty, periodic

EVERY_SECONDS: Final = 5.0


def measure_obligations(means: Means) -> Duty:
    """Sets the gauges that dashboards and alerts look at."""
    measure = partial(watch.measure_obligations, means)
    return periodic("measure_obligations", measure, every_seconds=EVERY_SECONDS)
