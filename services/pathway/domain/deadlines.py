"""Decides by when an arrival is due: as the departure says, or by the default where it says nothing usable.

Software that knows no time still fills the field: with the day alone, with the first or last moment of a
calendar, with a moment before the departure. Taken as it stands, each is an alarm at once, or never.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple

from services.pathway.domain.rules import Rules
from shared.stays.statements import Statement
from shared.stays.zones import zone_of

_LAST_MOMENT: Final = datetime.max.replace(tzinfo=UTC)
_MIDNIGHT: Final = time(0)
_FILLERS: Final = frozenset({1, 1753, 1900, 1970, 2099, 2999, 9999})
"""Years in which the "no date" of databases and programs falls."""


class Deadline(NamedTuple):
    """By when an arrival is due."""

    due_at: datetime
    is_unknown: bool
    """The departure says when the person is expected, and that can be no deadline."""


def deadline_of(departure: Statement, rules: Rules) -> Deadline:
    """By when the arrival that should follow a departure is due."""
    expected_at = departure.destination.expected_at if departure.destination else None
    is_unknown = expected_at is not None and _is_unusable(expected_at, departure, rules)
    if expected_at is None or is_unknown:
        return Deadline(later(departure.occurred_at, rules.arrival_default), is_unknown)
    return Deadline(later(expected_at, rules.arrival_grace), is_unknown)


def _is_unusable(expected_at: datetime, departure: Statement, rules: Rules) -> bool:
    """Whether a stated moment is a filler, a day without a time, or out of any journey's reach."""
    return (
        is_filler(expected_at)
        or not timedelta(0) <= expected_at - departure.occurred_at <= rules.longest_journey
        # A midnight on the sender's wall may have been converted.
        or _MIDNIGHT in (expected_at.time(), expected_at.astimezone(zone_of(departure)).time())
    )


def is_filler(moment: datetime) -> bool:
    """Whether a program writes it when it knows none."""
    return moment.year in _FILLERS


def later(moment: datetime, by: timedelta) -> datetime:
    """Some time after a moment, which may be 31/12/9999: the calendar ends there, and every deadline."""
    return min(moment, _LAST_MOMENT - by) + by
