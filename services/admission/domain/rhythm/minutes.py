"""Keeps in which minutes of an hour something was heard, as the bits of one number."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
WHOLE_HOUR: Final = (1 << 60) - 1

Minutes = Mapping[datetime, int]
"""Begin of an hour (UTC) -> the minutes of it that count: bit 0 is the first one."""


def hour_of(moment: datetime) -> datetime:
    """The begin of the hour in which the moment falls."""
    return moment.replace(minute=0, second=0, microsecond=0)


def bit_of(moment: datetime) -> int:
    """The minute in which the moment falls."""
    return 1 << moment.minute


def minutes_of(bits: int) -> Iterator[int]:
    """The minutes that count, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def last_minute(hour: datetime, bits: int) -> datetime:
    """When the last of an hour's minutes began; there must be one."""
    return hour + timedelta(minutes=bits.bit_length() - 1)


def between(bits: int, first: int, end: int = 60) -> int:
    """How many of the minutes from `first` to before `end` count."""
    return (bits >> first & ((1 << max(0, end - first)) - 1)).bit_count()
