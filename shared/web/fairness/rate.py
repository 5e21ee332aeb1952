"""Keeps a rate: an amount that fills up with time, up to a store, and that each use takes something of."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Rate:
    """So much a second, and what was saved of it; what is used may be known only after it was used."""

    per_second: float
    store: float
    left: float = field(init=False)
    seen_at: float | None = None

    def __post_init__(self) -> None:
        self.left = self.store

    def seconds_until_allowed(self, now: float) -> float:
        """How long to wait before more may be used; 0 when it may be now."""
        if self.seen_at is not None:
            self.left = min(self.store, self.left + (now - self.seen_at) * self.per_second)
        self.seen_at = now
        return 0.0 if self.left > 0 else (1 - self.left) / self.per_second

    def use(self, amount: float = 1) -> None:
        """Take it off; below nothing, the next one waits."""
        self.left -= amount
