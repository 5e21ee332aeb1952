"""Reads a time as HL7 v2 writes it, with its precision: a date is a day, and not midnight.

YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ], in the zone of its source where it has no offset of its own.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, Literal

from msgspec import Struct

Precision = Literal["year", "month", "day", "hour", "minute", "second"]

_WRITTEN: Final = re.compile(
    r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})(?:\.([0-9]{1,9}))?)?)?)?)?)?"
    r"([+-](?:[01][0-9]|2[0-3])[0-5][0-9])?"
)
_PRECISIONS: Final[tuple[Precision, ...]] = ("year", "month", "day", "hour", "minute", "second")
_HOUR_MINUTES: Final = 60
_WHOLE: Final = (1, 1, 1, 0, 0, 0)
"""What stands for the parts that are unknown."""


class Written(Struct, frozen=True):
    """A time as it was written; what is finer than its precision is unknown."""

    local: datetime
    """Without a zone; the beginning of the day, month or year that it means."""
    precision: Precision
    offset_minutes: int | None = None

    @property
    def has_time(self) -> bool:
        return self.precision not in {"year", "month", "day"}

    @property
    def day(self) -> str:
        """As our contract writes a date of birth: as far as it is known."""
        return self.local.date().isoformat()[: {"year": 4, "month": 7}.get(self.precision, 10)]

    def at(self, zone: tzinfo, *, not_after: datetime | None = None) -> datetime:
        """The moment; of two that a clock set back shows alike, the later one, unless that is `not_after`.

        An hour that a clock set forward leaves out counts as the hour before would have gone on.
        """
        if self.offset_minutes is not None:
            return self.local.replace(tzinfo=timezone(timedelta(minutes=self.offset_minutes)))
        first, second = self.local.replace(tzinfo=zone), self.local.replace(tzinfo=zone, fold=1)
        if second.utcoffset() == first.utcoffset():
            return _fixed(first)
        is_ambiguous = second.astimezone(UTC) > first.astimezone(UTC)
        takes_later = is_ambiguous and (not_after is None or second.astimezone(UTC) <= not_after)
        return _fixed(second if takes_later else first)


def written(text: str) -> Written | None:
    """The time that the text means; `None` when it means none."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    parts = [int(part) for part in found.groups()[:6] if part is not None]
    fraction = (found[7] or "")[:6].ljust(6, "0")
    if len(parts) > 2 and parts[2] == 0:  # noqa: PLR2004 - the day; an unknown one is written 00
        parts = parts[:2]
    if len(parts) > 1 and parts[1] == 0:
        parts = parts[:1]
    precision = _PRECISIONS[len(parts) - 1]
    whole = [*parts, *_WHOLE[len(parts) :]]
    offset = _offset(found[8])
    try:
        year, month, day, hour, minute, second = whole
        local = datetime(year, month, day, hour, minute, second, int(fraction))  # noqa: DTZ001 - as written
        return Written(local, precision, offset)
    except ValueError:
        return None


def as_hl7(moment: datetime) -> str:
    """The moment as a header writes it: to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    total = int(text[1:3]) * _HOUR_MINUTES + int(text[3:5])
    return -total if text[0] == "-" else total


def _fixed(moment: datetime) -> datetime:
    """The same moment with its offset instead of a zone: two of them compare as moments do."""
    offset = moment.utcoffset() or timedelta()
    return moment.replace(tzinfo=timezone(offset), fold=0)
