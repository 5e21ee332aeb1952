"""Measures how many ruptures are open and how late the watch is, every few seconds."""

from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage.expectations import overdue_counts
from shared.telemetry import metrics


async def measure_ruptures(dependencies: Dependencies) -> None:
    """Set the gauges that dashboards and alerts look at."""
    now = dependencies.clock()
    found = await overdue_counts(dependencies.pool, dependencies.rules, now=now)
    metrics.ruptures_open.set(found.overdue)
    age = (now - found.unjudged_since).total_seconds() if found.unjudged_since else 0.0
    metrics.expectations_overdue_oldest_seconds.set(age)
