"""Divides events into windows and cells that two sides can compare by count and digest. Pure.

A window is one hour of recording, in UTC, by the publisher's clock, which travels with the event: both sides
put an event into the same window. A bucket is a sixteenth of the persons; a cell is one bucket of one window.
The digest is the exclusive or of a hash of each event, so it depends on the set alone, and a single missing
event always changes it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

HOUR: Final = timedelta(hours=1)
BUCKETS: Final = 16
WINDOWS_PER_BATCH: Final = 12
"""Windows that are counted and then sealed together."""


class EventKey(msgspec.Struct, frozen=True):
    """The fields by which both sides recognise an event."""

    event_id: UUID
    subject: UUID
    sequence: int


class Cell(msgspec.Struct, frozen=True):
    """Count and digest of the events of one window and one bucket."""

    count: int
    digest: str
    """Exclusive or of the hashes of all keys, as 16 hexadecimal digits."""


EMPTY: Final = Cell(0, f"{0:016x}")


class HourCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Counts and digests of the events that were recorded in one hour."""

    start: datetime
    total: int
    buckets: tuple[Cell, ...]
    tallies: Mapping[str, int]
    """Events of each establishment; those without one are under the empty string."""


def hour_of(moment: datetime) -> datetime:
    """Return the start of the window that a moment falls into, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def bucket_of(subject: UUID) -> int:
    """Return the bucket of a person: 0 to 15."""
    return subject.bytes[-1] % BUCKETS


def cell_of(events: Iterable[EventKey]) -> Cell:
    """Return the count and digest, exactly as the SQL in `counting` computes them."""
    count, digest = 0, 0
    for event in events:
        text = f"{event.event_id}:{event.subject}:{event.sequence}"
        digest ^= int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8])
        count += 1
    return Cell(count, f"{digest:016x}")


def empty_hour(start: datetime) -> HourCounts:
    """Return the window of an hour in which nothing was recorded."""
    return HourCounts(start=start, total=0, buckets=(EMPTY,) * BUCKETS, tallies={})


def hours(since: datetime, until: datetime) -> list[datetime]:
    """Return the starts of the windows from the one of `since` to the last that starts before `until`."""
    start, found = hour_of(since), []
    while start < until:
        found.append(start)
        start += HOUR
    return found


def uncovered(
    starts: Sequence[datetime], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the parts of a time span outside the given windows, whose starts are in order and lie in it.

    Adjacent uncovered hours are one part, however long: the span may cover years.
    """
    found, at = [], since
    for start in starts:
        if at < start:
            found.append((at, start))
        at = start + HOUR
    return [*found, (at, until)] if at < until else found


def batches(starts: Sequence[datetime]) -> Iterator[Sequence[datetime]]:
    """Split windows into batches, so that an interruption loses the counting of one batch at most."""
    for begin in range(0, len(starts), WINDOWS_PER_BATCH):
        yield starts[begin : begin + WINDOWS_PER_BATCH]


def joined(starts: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Join adjacent windows of an ordered list: (start of the first, end of the last) of each group."""
    groups: list[tuple[datetime, datetime]] = []
    for start in starts:
        if groups and groups[-1][1] == start:
            groups[-1] = (groups[-1][0], start + HOUR)
        else:
            groups.append((start, start + HOUR))
    return groups
