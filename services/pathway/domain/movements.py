"""Folds the events stated about each movement into its current state, independent of their order.

The content is that of the newest insert or update by `(emitted_at, sequence)`; an insert that comes again
replaces, an update that comes before its insert is fine; a cancel is final, whenever it comes. The
result depends on the set of events only, not on their order or repetition.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.pathway.domain.pathway import MovementState
from shared.events.admission import Movement, MovementCancelled, is_movement
from shared.events.envelope import RecordedEvent


class MovementHistory(msgspec.Struct, frozen=True, kw_only=True):
    """All that was stated about one movement, oldest content first."""

    movement_id: UUID
    contents: tuple[MovementState, ...]
    """Every insert and update; the content of a cancel counts only when there is no other."""
    cancelled: bool

    @property
    def current(self) -> MovementState:
        """The newest content, with whether it was corrected or cancelled."""
        *earlier, newest = self.contents
        if not (earlier or self.cancelled):
            return newest
        substance = _substance(newest)
        corrected = any(_substance(content) != substance for content in earlier)
        if not (corrected or self.cancelled):
            return newest
        return replace(newest, cancelled=self.cancelled, corrected=corrected)


def movement_histories(events: Iterable[RecordedEvent]) -> list[MovementHistory]:
    """Groups a person's events by movement, each event once."""
    by_movement: dict[UUID, dict[UUID, tuple[RecordedEvent, Movement]]] = defaultdict(dict)
    for event in events:
        if is_movement(event.data):
            by_movement[event.data.movement_id][event.event_id] = (event, event.data)
    return [_history(movement_id, list(stated.values())) for movement_id, stated in by_movement.items()]


def _history(movement_id: UUID, stated: list[tuple[RecordedEvent, Movement]]) -> MovementHistory:
    if len(stated) > 1:
        stated.sort(key=lambda pair: (pair[1].emitted_at, pair[0].sequence))
    active = [pair for pair in stated if type(pair[1]) is not MovementCancelled]
    return MovementHistory(
        movement_id=movement_id,
        contents=tuple(_state(event, movement) for event, movement in active or stated),
        cancelled=len(active) < len(stated),
    )


def _state(event: RecordedEvent, movement: Movement) -> MovementState:
    return MovementState(
        movement_id=movement.movement_id,
        stay_id=movement.stay_id,
        kind=movement.kind,
        source_id=movement.source_id,
        establishment=movement.establishment,
        occurred_at=movement.occurred_at,
        emitted_at=movement.emitted_at,
        recorded_at=event.recorded_at,
        unit=movement.unit,
        class_of_stay=movement.class_of_stay,
        origin=movement.origin,
        destination=movement.destination,
        legal_entity=movement.legal_entity,
    )


def _substance(content: MovementState) -> tuple[object, ...]:
    """What a correction changes; the same content stated again is no correction."""
    return (
        content.stay_id,
        content.kind,
        content.establishment,
        content.occurred_at,
        content.unit,
        content.class_of_stay,
        content.origin,
        content.destination,
    )
