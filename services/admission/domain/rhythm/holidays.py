"""Names the public holidays of an establishment's place in France: some have more of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
"""Month and day (Code du travail, L3133-1)."""
_AFTER_EASTER: Final = (1, 39, 50)
"""Days after Easter Sunday: its Monday, Ascension, the Monday of Pentecost."""
_ALSACE_MOSELLE: Final = ("57", "67", "68")
"""Departments with Good Friday and 26 December, too (L3134-13)."""
_ABOLITION: Final = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 28),
}
"""How the commune's code begins overseas -> the day of the abolition of slavery (L3422-2)."""


@lru_cache(maxsize=256)
def holidays(year: int, commune: str) -> frozenset[date]:
    """Those of that year, in the commune with this COG code; an empty code has those of everywhere."""
    return frozenset(_holidays(year, commune))


def _holidays(year: int, commune: str) -> Iterator[date]:
    easter = easter_of(year)
    yield from (date(year, month, day) for month, day in _FIXED)
    yield from (easter + timedelta(days=days) for days in _AFTER_EASTER)
    if commune[:2] in _ALSACE_MOSELLE:
        yield from (easter - timedelta(days=2), date(year, 12, 26))
    if commune[:3] in _ABOLITION:
        yield date(year, *_ABOLITION[commune[:3]])


def easter_of(year: int) -> date:
    """Easter Sunday (Gregorian; Meeus, Jones and Butcher)."""
    golden, (century, of_century) = year % 19, divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * rest + 2 * (of_century // 4) - moon - of_century % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)
