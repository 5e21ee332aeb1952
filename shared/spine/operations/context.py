"""With what does a service's API tell how it stands, and pause its parts?"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from shared.database.pool import Pool
from shared.events.registry import TOPICS
from shared.runtime.clock import Clock, system_clock
from shared.spine.operations.unapplied import unapplied
from shared.spine.pause.gate import Part

Unapplied = Callable[[], Awaitable[dict[str, int] | None]]


@dataclass(frozen=True)
class OperationsContext:
    """Stands in `app.state.operations`."""

    pool: Pool
    parts: Sequence[Part]
    """What of this service can be paused."""
    unapplied: Unapplied
    clock: Clock = system_clock


async def _nothing_to_apply() -> dict[str, int]:
    return {}


def operations_context(
    pool: Pool,
    parts: Sequence[Part],
    *,
    bootstrap: str,
    consumer_group: str = "",
    publishers: Sequence[str] = (),
    clock: Clock = system_clock,
) -> OperationsContext:
    """The desk of a service that consumes these publishers, or none."""
    if not publishers:
        return OperationsContext(pool, parts, _nothing_to_apply, clock)
    topics = [TOPICS[publisher] for publisher in publishers]
    ask = partial(unapplied, pool, bootstrap=bootstrap, consumer_group=consumer_group, topics=topics)
    return OperationsContext(pool, parts, ask, clock)
