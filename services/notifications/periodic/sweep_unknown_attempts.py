"""Every second: are there attempts that nobody will answer for, or reports that nobody applied?"""

from functools import partial
from typing import Final

from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations import timeouts
from shared.spine.worker import Duty, periodic

EVERY_SECONDS: Final = 1.0


def sweep_unknown_attempts(dependencies: Dependencies) -> Duty:
    """What a worker that died left behind is taken up by those that live."""
    sweep = partial(timeouts.sweep_unknown_attempts, dependencies)
    return periodic("sweep_unknown_attempts", sweep, every_seconds=EVERY_SECONDS)
