"""Holds what the use cases of pathway work with."""

from dataclasses import dataclass
from datetime import datetime

from services.pathway.domain.rules import Rules
from shared.database.pool import Pool
from shared.runtime.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """First argument of every use case of pathway."""

    pool: Pool
    clock: Clock
    rules: Rules
    watching_since: datetime | None = None
    """When this process began to listen; None when it always did."""
