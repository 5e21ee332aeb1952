"""Which part of a timeline comes next? Pages from the newest movement to the oldest.

A page ends at a movement, and the next one begins before it, whatever was inserted meanwhile: nothing
is shown twice unless it was moved into the past, nothing is left out unless it was moved into the future.
"""

from collections.abc import Sequence

import msgspec

from services.pathway.domain.movements import MovementState, TimelineKey


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some movements, newest first."""

    movements: tuple[MovementState, ...]
    next_before: TimelineKey | None
    """Where the next page begins; none on the last one."""


def page_of(movements: Sequence[MovementState], *, before: TimelineKey | None, limit: int) -> Page:
    """The newest `limit` movements that come before a key; `movements` are in timeline order."""
    earlier = [movement for movement in movements if before is None or movement.timeline_key < before]
    shown = tuple(reversed(earlier[-limit:]))
    return Page(movements=shown, next_before=shown[-1].timeline_key if len(earlier) > limit else None)
