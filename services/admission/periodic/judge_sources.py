"""Judges every minute which sources are silent."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.silences import judge_sources as use_case


async def judge_sources(dependencies: Dependencies) -> None:
    """Judge all of them."""
    await use_case.judge_sources(dependencies)
