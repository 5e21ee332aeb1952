"""Deletes counts of what was wrong with what sources sent, once they are old."""

from services.admission.handlers import conformance
from services.admission.handlers.dependencies import Dependencies


async def forget_conformance(dependencies: Dependencies) -> None:
    """Delete what is older than it is kept."""
    await conformance.forget_conformance(dependencies)
