"""Composes pathway: what it serves, consumes, publishes and does periodically."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.pathway.api import closures, pathways, stays
from services.pathway.consumers import ROUTES
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.handlers.event_outcome import EventOutcome, event_outcome
from services.pathway.handlers.take_back_movements import take_back_movements
from services.pathway.periodic.detect_overdue_expectations import detect_overdue
from services.pathway.periodic.measure_ruptures import measure_ruptures
from services.pathway.periodic.settle_feeds import settle_feeds
from services.pathway.periodic.take_up_plans import take_up
from services.pathway.settings import Settings
from services.pathway.storage.export import SECTIONS
from services.pathway.storage.projected import COMPARED, SWAPPED
from services.pathway.storage.retention import RETENTION
from services.pathway.storage.tables import metadata
from shared.events.registry import ADMISSION, PATHWAY
from shared.spine.export.section import Export
from shared.spine.service.definition import Consumption, PeriodicDuty, RebuildPlan, Service, Spine
from shared.spine.service.outcome import outcome_router


@asynccontextmanager
async def open_dependencies(settings: Settings, spine: Spine) -> AsyncIterator[Dependencies]:
    """Open what the use cases work with."""
    yield Dependencies(
        pool=spine.pool,
        clock=spine.clock,
        rules=settings.rules,
        grants=settings.verifier,
        watching_since=spine.clock(),
    )


SERVICE = Service(
    name=PATHWAY,
    description="Shows a person's stays and movements in all establishments, and the arrivals to expect.",
    settings=Settings,
    open_dependencies=open_dependencies,
    serves=[pathways.router, closures.router, stays.router, outcome_router(EventOutcome, event_outcome)],
    fast_routes=pathways.FAST_ROUTES,
    consumes=Consumption(
        publishers=[ADMISSION],
        routes=ROUTES,
        take_back=take_back_movements,
        fetch_interval_seconds=0.05,  # a board may be that late
    ),
    publishes=True,
    periodic_duties=[
        PeriodicDuty(seconds=1.0, run=take_up),
        PeriodicDuty(seconds=1.0, run=detect_overdue),
        PeriodicDuty(seconds=5.0, run=settle_feeds),
        PeriodicDuty(seconds=5.0, run=measure_ruptures),
    ],
    retention=RETENTION,
    export=Export(sections=SECTIONS),
    rebuild=RebuildPlan(metadata=metadata, swapped=SWAPPED, compared=COMPARED),
)
