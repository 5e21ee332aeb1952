"""Joins persons whom a qualified INS and agreeing traits say are one, within seconds of the statement."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.work_items import JOINED_AT_ONCE, join_persons


async def join_agreeing(dependencies: Dependencies) -> None:
    """Join all that wait for it."""
    joined = JOINED_AT_ONCE
    while joined == JOINED_AT_ONCE:
        joined = await join_persons(dependencies)
