"""Many small choices out of one draw: a history takes a hundred, and a draw takes longer than a movement."""

from collections.abc import Sequence
from typing import Final, TypeVar

from hypothesis import strategies as st

Item = TypeVar("Item")

_ONE_BYTE: Final = 256


class Choices:
    """Reads each choice from the next bytes of what Hypothesis has drawn, and will shrink.

    Zero is the first option; so is everything after the last byte.
    """

    def __init__(self, drawn: bytes) -> None:
        self._drawn = drawn
        self._read = 0

    def below(self, count: int) -> int:
        """A number from 0; `count` is at most 65,536."""
        begin = self._read
        self._read += 1 if count <= _ONE_BYTE else 2
        return int.from_bytes(self._drawn[begin : self._read], "big") % count

    def between(self, least: int, most: int) -> int:
        """A number, both ends included."""
        return least + self.below(most - least + 1)

    def of(self, options: Sequence[Item]) -> Item:
        """One of them."""
        return options[self.below(len(options))]

    def some(self, options: Sequence[Item], *, at_most: int) -> list[Item]:
        """Up to so many, some perhaps twice; none of none."""
        return [self.of(options) for _ in range(self.below(at_most + 1))] if options else []

    def shuffled(self, some: Sequence[Item]) -> list[Item]:
        """Them in any order."""
        rest = list(some)
        return [rest.pop(self.below(len(rest))) for _ in some]


# Longer than any history reads.
CHOICES: Final = st.binary(min_size=256, max_size=256).map(Choices)
