"""How the gateway treats a request: what it answers and what it reports later."""

import random
from dataclasses import dataclass
from typing import Literal

Answer = Literal["accepted", "busy", "refused", "slow", "timeout", "cut"]
"""`slow` accepts after a while; `timeout` and `cut` accept without the sender learning of it."""

Reporting = Literal["prompt", "late", "repeated", "lost"]


@dataclass(frozen=True)
class Behaviour:
    """One behaviour; it applies to a `share` of the requests, the others are treated normally."""

    answer: Answer = "accepted"
    status: int = 202
    reporting: Reporting = "prompt"
    share: float = 1.0


HEALTHY = Behaviour()


class Behaviours:
    """The current behaviour, and the random generator that applies it."""

    def __init__(self, seed: int) -> None:
        self.current = HEALTHY
        self.affected = 0
        """Requests that were not treated normally."""
        self._dice = random.Random(seed)

    def for_next_request(self) -> Behaviour:
        """How to treat the next request."""
        behaviour = self.current if self._dice.random() < self.current.share else HEALTHY
        self.affected += behaviour is not HEALTHY
        return behaviour

    def delay_seconds(self, shortest: float, longest: float) -> float:
        """A random time between the two."""
        return self._dice.uniform(shortest, longest)
