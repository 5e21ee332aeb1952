"""What does one side have that the other has not? Pure: two windows, or two lists, in; the difference out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from shared.spine.reconciliation.windows import Identity, Window, empty_window
from shared.spine.records.pulled import LedgerEvent

Place = tuple[datetime, int]
"""Window and bucket."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What is not equal in a cell."""

    missing: list[LedgerEvent]
    """Recorded by the publisher, and neither applied here nor parked nor dismissed."""
    misdated: list[LedgerEvent]
    """Held here under another time of recording."""
    unknown: list[Identity]
    """Held here, and not in this cell of the ledger."""


def is_equal(ours: Window, theirs: Window) -> bool:
    """Whether both hold the same events."""
    return ours.buckets == theirs.buckets


def deficits(ours: Mapping[datetime, Window], theirs: Mapping[datetime, Window]) -> dict[Place, int]:
    """The cells that differ, and by how many events they are short; oldest first."""
    return dict(_deficits(ours, theirs))


def _deficits(
    ours: Mapping[datetime, Window], theirs: Mapping[datetime, Window]
) -> Iterator[tuple[Place, int]]:
    for start in sorted(ours.keys() | theirs.keys()):
        here = ours.get(start) or empty_window(start)
        there = theirs.get(start) or empty_window(start)
        for bucket, (held, recorded) in enumerate(zip(here.buckets, there.buckets, strict=True)):
            if held != recorded:
                yield (start, bucket), recorded.count - held.count


def stuck(now: Mapping[Place, int], before: Mapping[Place, int]) -> list[Place]:
    """The cells that differ and do not get better: what is merely on its way makes a deficit shrink."""
    return [place for place, short in now.items() if place in before and short >= before[place]]


def in_turn(places: Sequence[Place], after: Place | None) -> list[Place]:
    """Those after the one that was looked into last, then the others: no place waits for ever."""
    if after is None:
        return list(places)
    return [place for place in places if place > after] + [place for place in places if place <= after]


def difference(
    absent: Sequence[LedgerEvent],
    *,
    unknown: Collection[Identity],
    anywhere: Mapping[Identity, datetime | None],
) -> Difference:
    """`absent` is recorded and was not held in this cell, `unknown` is held and not recorded in it.

    `anywhere`: what is held of `absent` by now, and when it is said to have been recorded. What has come into
    the cell meanwhile is nothing that differs.
    """
    elsewhere = [event for event in absent if identity_of(event) in anywhere]
    return Difference(
        missing=[event for event in absent if identity_of(event) not in anywhere],
        misdated=[event for event in elsewhere if anywhere[identity_of(event)] != event.recorded_at],
        unknown=list(unknown),
    )


def identity_of(event: LedgerEvent) -> Identity:
    """By what it is recognised on both sides."""
    return Identity(event.event_id, event.subject, event.sequence)
