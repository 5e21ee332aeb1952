"""With what does a service's API look at its parked events and settle them?"""

from dataclasses import dataclass

from shared.database.pool import Pool
from shared.runtime.clock import Clock, system_clock
from shared.spine.inbox.application import Applier, Routes
from shared.spine.parked.retry import Retry


@dataclass(frozen=True)
class ParkedContext:
    """Stands in `app.state.parked`."""

    pool: Pool
    retry: Retry
    clock: Clock


def parked_context(
    pool: Pool, routes: Routes, clock: Clock = system_clock, *, dependencies: object = None
) -> ParkedContext:
    """A desk that applies what is retried with the service's own routes."""
    applier = Applier(pool, routes=routes, dependencies=dependencies, clock=clock)
    return ParkedContext(pool, Retry(pool, applier, clock), clock)
