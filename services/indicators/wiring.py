"""Composes indicators: what it serves and consumes. It publishes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.indicators.api import indicators
from services.indicators.consumers import ROUTES
from services.indicators.handlers.dependencies import Dependencies
from services.indicators.handlers.event_outcome import event_outcome
from services.indicators.handlers.take_back_facts import take_back_facts
from services.indicators.settings import Settings
from services.indicators.storage.export import SECTIONS
from services.indicators.storage.projected import SWAPPED
from services.indicators.storage.tables import metadata
from shared.events.registry import ADMISSION, NOTIFICATIONS, PATHWAY
from shared.spine.export.section import Export
from shared.spine.service.definition import Consumption, RebuildPlan, Service, Spine
from shared.spine.service.outcome import EventOutcome, outcome_router


@asynccontextmanager
async def open_dependencies(settings: Settings, spine: Spine) -> AsyncIterator[Dependencies]:
    """Open what the use cases work with."""
    yield Dependencies(pool=spine.pool, clock=spine.clock, grants=settings.verifier)


SERVICE = Service(
    name="indicators",
    description="Counts by establishment and day: occupancy, length of stay, transfers, delays to carers.",
    settings=Settings,
    open_dependencies=open_dependencies,
    serves=[indicators.router, outcome_router(EventOutcome, event_outcome)],
    consumes=Consumption(
        publishers=[ADMISSION, PATHWAY, NOTIFICATIONS],
        routes=ROUTES,
        take_back=take_back_facts,
        fetch_interval_seconds=0.1,  # nobody waits for an indicator
    ),
    export=Export(sections=SECTIONS),
    rebuild=RebuildPlan(metadata=metadata, swapped=SWAPPED),
)
