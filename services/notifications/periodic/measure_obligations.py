"""Every few seconds: how many obligations are where, and how old is the oldest that is due?"""

from functools import partial
from typing import Final

from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations import timeouts
from shared.spine.worker import Duty, periodic

EVERY_SECONDS: Final = 5.0


def measure_obligations(dependencies: Dependencies) -> Duty:
    """Sets the gauges that dashboards and alerts look at."""
    measure = partial(timeouts.measure_obligations, dependencies)
    return periodic("measure_obligations", measure, every_seconds=EVERY_SECONDS)
