"""Measures how many sources are told nothing, because their endpoints took nothing for days."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.callbacks.endpoints import count_suspended
from shared.telemetry import metrics


async def measure_callbacks(dependencies: Dependencies) -> None:
    """Count the callbacks that are suspended."""
    metrics.callbacks_suspended.set(await count_suspended(dependencies.pool))
