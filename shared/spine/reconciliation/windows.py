"""How are two sets of events compared without sending them? By hour and bucket: their number and a digest.

An hour is one of recording, in UTC, by the publisher's clock, which travels with the event: both sides put
an event into the same hour. A bucket is a sixteenth of the persons. The digest is the exclusive or of a
hash of each event, so it depends on the set alone, and a single missing event always changes it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

HOUR: Final = timedelta(hours=1)
BUCKETS: Final = 16
AT_A_TIME: Final = 12
"""Windows that are counted before they are sealed."""


class Identity(msgspec.Struct, frozen=True):
    """What makes an event the one that it is."""

    event_id: UUID
    subject: UUID
    sequence: int


class Cell(msgspec.Struct, frozen=True):
    """The events of one hour and one bucket."""

    count: int
    digest: str
    """Of all their identities, as 16 hexadecimal digits."""


EMPTY: Final = Cell(0, f"{0:016x}")


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The events that were recorded in one hour."""

    start: datetime
    total: int
    buckets: tuple[Cell, ...]
    tallies: Mapping[str, int]
    """Events of each establishment, those of none under the empty name."""


def hour_of(moment: datetime) -> datetime:
    """The beginning of its window."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def bucket_of(subject: UUID) -> int:
    """Which sixteenth of the persons this one belongs to."""
    return subject.bytes[-1] % BUCKETS


def cell_of(events: Iterable[Identity]) -> Cell:
    """Count and digest, as `counting` has the database compute them."""
    count, digest = 0, 0
    for event in events:
        text = f"{event.event_id}:{event.subject}:{event.sequence}"
        digest ^= int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8])
        count += 1
    return Cell(count, f"{digest:016x}")


def empty_window(start: datetime) -> Window:
    """An hour in which nothing was recorded."""
    return Window(start=start, total=0, buckets=(EMPTY,) * BUCKETS, tallies={})


def hours(since: datetime, until: datetime) -> list[datetime]:
    """The windows from `since` on that begin before `until`."""
    start, found = hour_of(since), []
    while start < until:
        found.append(start)
        start += HOUR
    return found


def gaps(starts: Sequence[datetime], since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """What of a span lies outside these windows of it, which are in order; as long as it may be."""
    found, at = [], since
    for start in starts:
        if at < start:
            found.append((at, start))
        at = start + HOUR
    return [*found, (at, until)] if at < until else found


def shares(starts: Sequence[datetime]) -> Iterator[Sequence[datetime]]:
    """A few at a time: what was counted and sealed of them stays so, whatever happens to the rest."""
    for begin in range(0, len(starts), AT_A_TIME):
        yield starts[begin : begin + AT_A_TIME]


def runs(starts: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Windows in order, those that follow each other joined: (first start, end of the last one)."""
    joined: list[tuple[datetime, datetime]] = []
    for start in starts:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], start + HOUR)
        else:
            joined.append((start, start + HOUR))
    return joined
