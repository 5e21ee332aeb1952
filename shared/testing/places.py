"""Strategies for places in a list: one for all lists of a length.

To make and validate a strategy takes longer than to draw from it, and histories draw from hundreds of lists.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

Item = TypeVar("Item")


@cache
def place_in(length: int) -> st.SearchStrategy[int]:
    """A place in a list of that length."""
    return st.integers(0, length - 1)


@cache
def places_in(length: int, *, at_most: int) -> st.SearchStrategy[list[int]]:
    """Up to so many places, some perhaps twice; none in an empty list."""
    return st.lists(place_in(length), max_size=at_most) if length else st.just([])


def shuffled(draw: st.DrawFn, some: Sequence[Item]) -> list[Item]:
    """Them in any order."""
    return [some[place] for place in draw(_orders_of(len(some)))]


@cache
def _orders_of(length: int) -> st.SearchStrategy[list[int]]:
    return st.permutations(range(length))
