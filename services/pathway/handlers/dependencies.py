"""Holds what the use cases of pathway work with."""

from dataclasses import dataclass, field
from datetime import datetime

from services.pathway.domain.rules import Rules
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.signatures import Verifier


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """First argument of every use case of pathway."""

    pool: Pool
    clock: Clock
    rules: Rules
    grants: Verifier = field(default_factory=lambda: Verifier({}))
    """Knows who may sign the relations that are granted."""
    watching_since: datetime | None = None
    """When this process began to listen; None when it always did."""
