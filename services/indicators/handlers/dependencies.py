"""Holds what the use cases of indicators work with."""

from dataclasses import dataclass, field

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.signatures import Verifier


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """First argument of every use case of indicators."""

    pool: Pool
    clock: Clock
    grants: Verifier = field(default_factory=lambda: Verifier({}))
    """Knows who may sign that a person is to be forgotten."""
