"""Tells what became of an applied event, for the receipt of its sender."""

from uuid import UUID

from services.indicators.handlers.dependencies import Dependencies
from services.indicators.storage import selection
from shared.spine.service.outcome import EventOutcome


async def event_outcome(dependencies: Dependencies, event_id: UUID) -> tuple[str | None, EventOutcome]:
    """The establishment that stated an applied event, where it names one; nothing else is shown of it."""
    return await selection.establishment_of(dependencies.pool, event_id), EventOutcome(state="applied")
