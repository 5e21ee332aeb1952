"""Reads a birth date of which the month or the day may be unknown, as registries write them.

A person found without papers, or born where no register was kept, has `1941`, `1941-05` or, in the notation
of the French registries, `1941-00-00` (RNIV volet 1, 2.2).
"""

from msgspec import Struct

from services.admission.domain.movement import WrittenBirthDate


class BirthDate(Struct, frozen=True, order=True):
    """A year, and as much of the day as is known; 0 is unknown."""

    year: int
    month: int = 0
    day: int = 0

    def agrees_with(self, other: "BirthDate") -> bool:
        """Whether both can be the same day: the unknown parts of either agree with anything."""
        return self.year == other.year and all(
            one == another or 0 in (one, another)
            for one, another in ((self.month, other.month), (self.day, other.day))
        )


def read_birth_date(written: WrittenBirthDate) -> BirthDate:
    """The birth date as far as it is known."""
    return BirthDate(*(int(part) for part in written.split("-")))
