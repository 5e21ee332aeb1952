"""Holds what a service's API needs to show and resolve its parked events."""

from dataclasses import dataclass
from typing import Final

from shared.database.pool import Pool
from shared.runtime.clock import Clock, system_clock
from shared.spine.inbox.applier import Applier, Routes
from shared.web.state import StateEntry


@dataclass(frozen=True)
class ParkedContext:
    """What the API of parked events needs."""

    pool: Pool
    applier: Applier
    """Applies what is retried, by the service's own routes."""
    clock: Clock


PARKED: Final = StateEntry[ParkedContext]("parked")


def parked_context(
    pool: Pool, routes: Routes, clock: Clock = system_clock, *, dependencies: object
) -> ParkedContext:
    """Return the context of a service with these routes, which are handed the dependencies."""
    applier = Applier(pool, routes=routes, dependencies=dependencies, clock=clock)
    return ParkedContext(pool, applier, clock)
