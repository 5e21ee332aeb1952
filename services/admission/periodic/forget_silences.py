"""Deletes what was heard of sources, and their silences, once they are old."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.silences import show_silences


async def forget_silences(dependencies: Dependencies) -> None:
    """Delete what is older than it is kept."""
    await show_silences.forget_silences(dependencies)
