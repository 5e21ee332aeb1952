"""Follows the numbers that a source gives to what it sends, and says which of them never came."""

from typing import Final

from msgspec import Struct

MOST_GAPS: Final = 100
"""So many of the newest gaps are kept; a source with more of them does not number what it sends."""


class Gap(Struct, frozen=True, order=True):
    """Numbers that are missing, both ends included."""

    first: int
    last: int


class Sequence(Struct, frozen=True):
    """How far a source has numbered what it sent, and what is missing of it."""

    last: int | None = None
    """`None`: it has begun anew, or never began, so that any number may follow."""
    gaps: tuple[Gap, ...] = ()
    """Oldest first."""


def follow(known: Sequence, number: int) -> Sequence:
    """What is known after this number came (MSH-13, CH2 2.10.1): 0 and -1 say that it begins anew.

    What is missing stays so until it comes; a number that came before, or is below all, changes nothing.
    """
    if number <= 0:
        return Sequence(0 if number == 0 else None, known.gaps)
    if known.last is None:
        return Sequence(number, known.gaps)
    if number > known.last + 1:
        gaps = (*known.gaps, Gap(known.last + 1, number - 1))
    else:
        gaps = tuple(rest for gap in known.gaps for rest in _without(gap, number))
    return Sequence(max(known.last, number), gaps[-MOST_GAPS:])


def _without(gap: Gap, number: int) -> tuple[Gap, ...]:
    if not gap.first <= number <= gap.last:
        return (gap,)
    rests = (Gap(gap.first, number - 1), Gap(number + 1, gap.last))
    return tuple(rest for rest in rests if rest.first <= rest.last)
