"""Compares what establishments state of those whom an INS joined, after every new statement."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.compare_joined import compare_joined


async def compare_all_joined(dependencies: Dependencies) -> None:
    """Compare all of whom something new was stated."""
    while await compare_joined(dependencies):
        pass
