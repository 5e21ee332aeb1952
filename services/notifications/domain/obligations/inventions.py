"""Takes back a movement that nobody stated: as if it had been stated, and then cancelled."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID, uuid5

from msgspec.structs import asdict, replace

from shared.events.admission import MovementCancelled, is_movement
from shared.events.envelope import RecordedEvent

_FIELDS: Final = MovementCancelled.__struct_fields__


def cancelled_inventions(foreign: Iterable[RecordedEvent], *, real: Collection[UUID]) -> list[RecordedEvent]:
    """What was stated of movements other than the `real` ones, each statement with its cancel.

    Whoever was told of one is then told that it was an error. Their numbers are below zero, which no event
    has: those that they had are those of real ones.
    """
    stated = [event for event in foreign if is_movement(event.data) and event.data.movement_id not in real]
    return [each for event in stated for each in (_numbered(event), _cancel_of(event))]


def _numbered(event: RecordedEvent) -> RecordedEvent:
    return replace(event, sequence=-2 * event.sequence)


def _cancel_of(event: RecordedEvent) -> RecordedEvent:
    content = {name: value for name, value in asdict(event.data).items() if name in _FIELDS}
    return replace(
        event,
        event_id=uuid5(event.event_id, "cancelled"),
        sequence=1 - 2 * event.sequence,
        data=MovementCancelled(**content),
    )
