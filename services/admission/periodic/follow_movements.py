"""Finds what sources with a callback are to be told of their movements."""

from services.admission.handlers.callbacks import follow
from services.admission.handlers.callbacks.ask_services import MOST_AT_ONCE
from services.admission.handlers.dependencies import Dependencies


async def follow_movements(dependencies: Dependencies) -> None:
    """Look at all whose time has come."""
    while await follow.follow_movements(dependencies) == MOST_AT_ONCE:
        pass
