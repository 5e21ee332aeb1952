"""Computes in which cells, and in which events, two sides differ. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from shared.spine.reconciliation.hours.windows import EventKey, HourCounts, empty_hour
from shared.spine.records.pulled import LedgerEvent

CellKey = tuple[datetime, int]
"""Start of the window, and bucket."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """The events in which the two sides of a cell differ."""

    missing: list[LedgerEvent]
    """Recorded by the publisher, and neither applied here nor parked nor dismissed."""
    misdated: list[LedgerEvent]
    """Held here under another time of recording than the publisher's."""
    unknown: list[EventKey]
    """Held here, and not in this cell of the ledger."""


def is_equal(ours: HourCounts, theirs: HourCounts) -> bool:
    """Tell whether both sides hold the same events of an hour."""
    return ours.buckets == theirs.buckets


def deficits(
    ours: Mapping[datetime, HourCounts], theirs: Mapping[datetime, HourCounts]
) -> dict[CellKey, int]:
    """Return the cells that differ, oldest first, and how many events our side has less; may be negative."""
    return dict(_deficits(ours, theirs))


def _deficits(
    ours: Mapping[datetime, HourCounts], theirs: Mapping[datetime, HourCounts]
) -> Iterator[tuple[CellKey, int]]:
    for start in sorted(ours.keys() | theirs.keys()):
        here = ours.get(start) or empty_hour(start)
        there = theirs.get(start) or empty_hour(start)
        for bucket, (held, recorded) in enumerate(zip(here.buckets, there.buckets, strict=True)):
            if held != recorded:
                yield (start, bucket), recorded.count - held.count


def to_examine(now: Mapping[CellKey, int], before: Mapping[CellKey, int]) -> list[CellKey]:
    """Return the cells whose deficit is not smaller than before: events on their way make it shrink.

    Where we hold as much as the publisher, or more, we hold what it did not record: nothing on its way makes
    that go away, so it is examined at once.
    """
    return [
        cell for cell, deficit in now.items() if deficit <= 0 or (cell in before and deficit >= before[cell])
    ]


def starting_after(cells: Sequence[CellKey], last: CellKey | None) -> list[CellKey]:
    """Rotate an ordered list of cells to begin after the one that was examined last: each gets its turn."""
    if last is None:
        return list(cells)
    return [cell for cell in cells if cell > last] + [cell for cell in cells if cell <= last]


def classify(
    not_held: Sequence[LedgerEvent],
    *,
    unknown: Collection[EventKey],
    held_anywhere: Mapping[EventKey, datetime | None],
) -> Difference:
    """Divide the events in which a cell differs into missing, misdated and unknown ones.

    `not_held` are recorded by the publisher and were not held in this cell; `unknown` are held and not
    recorded in it. `held_anywhere` maps those of `not_held` that are held by now to their time of recording
    here. Events that have come into the cell meanwhile are no difference.
    """
    elsewhere = [event for event in not_held if key_of_event(event) in held_anywhere]
    return Difference(
        missing=[event for event in not_held if key_of_event(event) not in held_anywhere],
        misdated=[event for event in elsewhere if held_anywhere[key_of_event(event)] != event.recorded_at],
        unknown=list(unknown),
    )


def key_of_event(event: LedgerEvent) -> EventKey:
    """Return the identity by which both sides recognise the event."""
    return EventKey(event.event_id, event.subject, event.sequence)
