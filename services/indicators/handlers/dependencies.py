"""Holds what the use cases of indicators work with."""

from dataclasses import dataclass

from shared.database.pool import Pool
from shared.runtime.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """First argument of every use case of indicators."""

    pool: Pool
    clock: Clock
