"""How does the gateway behave at the moment? What it answers, and what it reports later."""

import random
from dataclasses import dataclass
from typing import Literal

Answer = Literal["accepted", "busy", "refused", "slow", "timeout", "cut"]
"""`slow` accepts after a while; `timeout` and `cut` accept, and the sender never learns of it."""

Reporting = Literal["prompt", "late", "repeated", "lost"]


@dataclass(frozen=True)
class Mood:
    """One way to behave; `share` of the requests meet it, the others a healthy gateway."""

    answer: Answer = "accepted"
    status: int = 202
    reporting: Reporting = "prompt"
    share: float = 1.0


HEALTHY = Mood()


class Temper:
    """The mood of the moment, and the dice."""

    def __init__(self, seed: int) -> None:
        self.mood = HEALTHY
        self.met = 0
        """Requests that were not treated as a healthy gateway treats them."""
        self._dice = random.Random(seed)

    def of_next_request(self) -> Mood:
        """How the request that comes now is treated."""
        mood = self.mood if self._dice.random() < self.mood.share else HEALTHY
        self.met += mood is not HEALTHY
        return mood

    def delay_seconds(self, shortest: float, longest: float) -> float:
        """Some time in between."""
        return self._dice.uniform(shortest, longest)
