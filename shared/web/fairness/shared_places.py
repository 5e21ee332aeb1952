"""Shares places among claimants: one may hold a multiple of what is free, so nobody can hold them all.

A fixed limit for each claimant would be too low for a lone one or too high for many. Under this rule (dynamic
thresholds, Choudhury and Hahne, 1998) n claimants that want everything get the same each, and leave a rest
for whoever comes next: of 512 places and a multiple of 3, one gets 384, two get 219 each, four get 118 each.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

MULTIPLE: Final = 3


@dataclass(slots=True)
class SharedPlaces:
    """A number of places and who holds how many of them."""

    places: int
    multiple: int = MULTIPLE
    taken: int = 0
    held: dict[Hashable, int] = field(default_factory=dict)

    def take(self, claimant: Hashable) -> bool:
        """Take a place; false when none is free, or the claimant holds its share."""
        holds = self.held.get(claimant, 0)
        if self.taken >= self.places or holds > self.multiple * (self.places - self.taken - 1):
            return False
        self.taken += 1
        self.held[claimant] = holds + 1
        return True

    def give_back(self, claimant: Hashable) -> None:
        """Free a place that the claimant took."""
        left = self.held[claimant] - 1
        self.taken -= 1
        if left:
            self.held[claimant] = left
        else:
            del self.held[claimant]
