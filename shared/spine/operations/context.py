"""Holds what a service's API needs to show its status and to pause its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.database.pool import Pool
from shared.runtime.clock import Clock, system_clock
from shared.spine.kafka.broker import Bootstrap
from shared.spine.pause.gate import Part
from shared.web.state import StateEntry


@dataclass(frozen=True, kw_only=True)
class OperationsContext:
    """What the operations API needs."""

    pool: Pool
    parts: Sequence[Part]
    """What of this service can be paused."""
    bootstrap: Bootstrap
    """Where the broker is."""
    consumer_group: str = ""
    publishers: Sequence[str] = ()
    """Those that the service consumes."""
    clock: Clock = system_clock


OPERATIONS: Final = StateEntry[OperationsContext]("operations")
