"""Synthesises the numbers that a movement without one may have, and says what is known of each.

A visit number is given again, years later or to somebody else. So what happens once in a stay has a number
for each time and person (decision 0069): the second one ends with `#2`. Some programs give all the same one:
from the tenth on, it ends with whose it is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

FAR: Final = timedelta(days=180)
"""Nobody corrects a moment by so much; nobody gives a number again sooner."""
MOST: Final = 9
_OTHER_BEGIN: Final = {"admission": "visit", "visit": "admission"}

Whose = Literal["own", "anothers"]


class SynthesisedNumber(Struct, frozen=True):
    """The number of what happened once in a stay, made of the stay's and of what it was."""

    stay_id: str
    happened: str
    """`admission`, `visit` (a class without a bed), `discharge`, ..."""
    whose: str = ""
    """What the person's number is known by."""

    def numbers(self, happened: str = "") -> list[str]:
        """All that it may be, in the order in which they are given."""
        first = f"{self.stay_id}/{happened or self.happened}"
        return [first, *(f"{first}#{count}" for count in range(2, MOST + 1))]

    @property
    def last(self) -> str:
        """The one that is left when all others are given."""
        return f"{self.stay_id}/{self.happened}#{self.whose or MOST}"

    @property
    def also(self) -> list[str]:
        """Of a begin, those of the other way to begin: a class may have changed before it is cancelled."""
        other = _OTHER_BEGIN.get(self.happened)
        return self.numbers(other) if other else []


class StoredNumber(Struct, frozen=True):
    """What is known of a number under which something is stored."""

    whose: Whose
    times: Sequence[datetime] = ()
    """When it happened, by all that was stated of it."""

    def distance(self, at: datetime) -> timedelta:
        return min((abs(each - at) for each in self.times), default=timedelta())
