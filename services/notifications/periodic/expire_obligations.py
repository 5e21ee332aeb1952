"""Every second: is there news that is too old to be told? A person is asked to see to it."""

from functools import partial
from typing import Final

from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations import timeouts
from shared.spine.worker import Duty, periodic

EVERY_SECONDS: Final = 1.0


def expire_obligations(dependencies: Dependencies) -> Duty:
    """Does not depend on the lanes, which a provider may hold up."""
    expire = partial(timeouts.expire_obligations, dependencies)
    return periodic("expire_obligations", expire, every_seconds=EVERY_SECONDS)
