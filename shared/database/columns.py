"""Makes the columns that a statement unnests side by side."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def sparse(values: Iterable[T | None]) -> list[T | None]:
    """The column; an empty one where it says nothing, because `unnest` fills shorter columns up with NULL.

    Each value is sent on its own, also one that is none: half a microsecond a row.
    """
    column = list(values)
    return column if any(value is not None for value in column) else []
