"""Measures how many keys end soon, so that their owners are reminded while there is time."""

from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.sources import count_ending_keys
from shared.spine.access.api_keys import WARNED_FOR
from shared.telemetry import metrics


async def measure_keys(dependencies: Dependencies) -> None:
    """Count the keys that end soon and were not rotated."""
    now = dependencies.clock()
    ending = await count_ending_keys(dependencies.pool, now=now, until=now + WARNED_FOR)
    metrics.api_keys_ending.set(ending)
