"""Describes how a live table and its rebuilt counterpart differ."""

from typing import Final

import msgspec

MAX_NAMED: Final = 10
"""Persons that are named at most."""


class TableComparison(msgspec.Struct, frozen=True, kw_only=True):
    """The row counts, digests and differences of a table, live and rebuilt (`made`)."""

    table: str
    is_swapped: bool
    live: int
    made: int
    live_digest: str
    made_digest: str
    only_live: int
    only_made: int
    different: int
    """Rows that are there on both sides, and not equal."""
    persons: tuple[str, ...]
    """Of the first that differ."""

    @property
    def is_equal(self) -> bool:
        """Whether no row differs."""
        return not (self.only_live or self.only_made or self.different)


def hexadecimal(digest: int) -> str:
    """Return a digest of 64 bits, signed as in the database or not, as 16 hexadecimal digits."""
    return f"{digest & (2**64 - 1):016x}"
