"""How do a table that is live and one that was made anew differ?"""

from typing import Final

import msgspec

MOST_NAMED: Final = 10


class TableComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A table, live and made anew."""

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
        return not (self.only_live or self.only_made or self.different)


def hexadecimal(digest: int) -> str:
    """A digest of 64 bits, signed as the database has it or not."""
    return f"{digest & (2**64 - 1):016x}"
