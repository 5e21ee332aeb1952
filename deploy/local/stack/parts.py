"""Parts of the stack, which run as long as it does, and steps, which run once, as data."""

import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """A process that runs for as long as the stack does."""

    name: str
    command: Callable[[], Sequence[str]]
    """Its leashed command line, computed again at each start."""
    is_ready: Callable[[], bool]
    url: str
    operations: str = ""
    """Where the operations and figures of an API are, for a part that serves them."""
    port: int | None = None
    """Where it answers `is_ready`, for a part that listens."""
    after: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    note: str = ""
    """What the user should know about it, such as why it is not on its usual port."""


@dataclass(frozen=True)
class Step:
    """Something done once while starting, between parts."""

    name: str
    run: Callable[[], Awaitable[None]]
    after: tuple[str, ...] = ()


Plan = Sequence[Part | Step]


def levels(plan: Plan) -> dict[str, int]:
    """The level of each part or step: one above all that it comes after. The highest are stopped first.

    The plan is given in an order in which everything comes after what it needs.
    """
    heights: dict[str, int] = {}
    for each in plan:
        heights[each.name] = 1 + max((heights[name] for name in each.after), default=0)
    return heights
