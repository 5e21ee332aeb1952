"""Says what a partial update may have meant, by all or by some of what was stated before it.

What an update leaves as it was depends on what is known of its movement. A statement that comes late changes
that; but an obligation that was planned before it came is one for ever. So what the update means without it
is a version of the fact, too, an older one, and more events never take an obligation away.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from shared.events.admission import Movement, MovementCancelled, MovementUpdated, Place
from shared.events.envelope import RecordedEvent
from shared.stays.movements import OPTIONAL_FIELDS


class Meant(NamedTuple):
    """An event with the content that its movement had with it."""

    event: RecordedEvent
    by_all: bool = True
    """By all that is known; else by some of it, and older than what it means by all."""
    came_first: bool = False
    """It cancels a movement of which nothing was stated before: whatever was emitted with it is older."""


def completions(events: Iterable[RecordedEvent]) -> Iterator[Meant]:
    """Everything that each event may mean; an update of which nothing earlier is known stays as it is."""
    known = {event.event_id: event for event in events}
    partial = {event.data.movement_id for event in known.values() if isinstance(event.data, MovementUpdated)}
    stated: dict[UUID, list[RecordedEvent]] = defaultdict(list)
    came_first = _cancels_that_came_first(known.values())
    for event in known.values():
        movement = event.data
        if (
            isinstance(movement, Movement)
            and movement.movement_id in partial
            and not isinstance(movement, MovementCancelled)
        ):
            stated[movement.movement_id].append(event)
        else:
            yield Meant(event, came_first=event.event_id in came_first)
    for versions in stated.values():
        yield from _of_movement(sorted(versions, key=_emission))


def _cancels_that_came_first(events: Collection[RecordedEvent]) -> set[UUID]:
    cancels = [event for event in events if isinstance(event.data, MovementCancelled)]
    if not cancels:
        return set()
    first: dict[UUID, int] = {}
    for event in events:
        movement = event.data
        if isinstance(movement, Movement) and not isinstance(movement, MovementCancelled):
            first[movement.movement_id] = min(event.sequence, first.get(movement.movement_id, event.sequence))
    return {
        event.event_id
        for event in cancels
        if event.sequence < first.get(event.data.movement_id, event.sequence + 1)  # type: ignore[attr-defined]
    }


def _of_movement(versions: Sequence[RecordedEvent]) -> Iterator[Meant]:
    standing: Movement | None = None
    possible: dict[tuple[object, ...], Movement] = {}
    for event in versions:
        stated = event.data
        assert isinstance(stated, Movement)  # noqa: S101 - nothing else is a version of a movement
        if not isinstance(stated, MovementUpdated) or stated.names is None:
            standing = stated
        elif standing is not None:
            standing = _filled_in(stated, standing)
            without = {_told(each): each for each in (_filled_in(stated, base) for base in possible.values())}
            without.pop(_told(standing), None)
            for each in without.values():
                yield Meant(replace(event, data=each), by_all=False)
            possible |= without
        if standing is None:
            yield Meant(event)
        else:
            possible[_told(standing)] = standing
            yield Meant(event if standing is stated else replace(event, data=standing))


def _filled_in(update: MovementUpdated, base: Movement) -> MovementUpdated:
    left = {
        field: getattr(base, field, None)
        for field in OPTIONAL_FIELDS
        if field not in (update.names or ()) and field in update.__struct_fields__
    }
    return replace(update, **left, names=None)


def _told(movement: Movement) -> tuple[object, ...]:
    """What news depends on, of the fields that an update may leave as they were."""
    return (movement.class_of_stay, _place(movement.origin), _place(movement.destination))


def _place(place: Place | None) -> tuple[object, ...]:
    return () if place is None else (place.mode, place.establishment)


def _emission(event: RecordedEvent) -> tuple[datetime, int]:
    assert isinstance(event.data, Movement)  # noqa: S101 - nothing else is a version of a movement
    return (event.data.ordered_at or event.data.emitted_at, event.sequence)
