"""Defines a statement, what one event says of one movement, and in which order movements happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.events.admission import (
    ClassOfStay,
    Mode,
    Movement,
    MovementCancelled,
    MovementKind,
    MovementUpdated,
    OptionalField,
    Place,
)
from shared.events.envelope import RecordedEvent

Action = Literal["insert", "update", "cancel"]

TimelineKey = tuple[datetime, int, UUID]

NO_SOURCE: Final = UUID(int=0)

ACTIONS: Final[Mapping[type[Movement], Action]] = {MovementUpdated: "update", MovementCancelled: "cancel"}
"""What an event does to its movement; every other type inserts it."""

_BETWEEN_ESTABLISHMENTS: Final[tuple[Mode, ...]] = ("transfer", "mutation")
_ENTRY, _INSIDE, _DEPARTURE, _DISCHARGE = range(4)
_RANKS: Final[Mapping[MovementKind, int]] = {"admission": _ENTRY, "discharge": _DISCHARGE}


class Statement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one event says of one movement."""

    event_id: UUID
    sequence: int
    recorded_at: datetime
    action: Action
    movement_id: UUID
    stay_id: UUID
    kind: MovementKind
    establishment: str
    occurred_at: datetime
    emitted_at: datetime
    source_id: UUID = NO_SOURCE
    """`NO_SOURCE` for a reader that does not keep it: no reading depends on it."""
    unit: str | None = None
    class_of_stay: ClassOfStay | None = None
    origin: Place | None = None
    destination: Place | None = None
    legal_entity: str | None = None
    time_zone: str | None = None
    restates: UUID | None = None
    ordered_at: datetime
    """When it was emitted, as far as that can be."""
    names: tuple[OptionalField, ...] | None = None
    """The optional fields that an update states; `None` for all of them."""

    @property
    def place_in_history(self) -> tuple[datetime, int]:
        """Orders the statements about one movement: the newest content holds."""
        return (self.ordered_at, self.sequence)

    @property
    def timeline_key(self) -> TimelineKey:
        """Orders by time; at one time entry, moves inside, departure, discharge; then by id."""
        rank = _RANKS.get(self.kind)
        if rank is None:
            rank = rank_of(self.kind, self.destination, self.establishment)
        return (self.occurred_at, rank, self.movement_id)

    @property
    def departs(self) -> bool:
        """Whether it is a transfer to another establishment."""
        to = self.destination
        if to is None or self.kind != "transfer":
            return False
        return to.establishment is not None and to.establishment != self.establishment

    @property
    def destination_elsewhere(self) -> str | None:
        """The other establishment for which the person left with this movement, if any."""
        to = self.destination
        if to is None or self.kind == "admission" or to.establishment in (None, self.establishment):
            return None
        leaves = self.kind == "transfer" or to.mode in _BETWEEN_ESTABLISHMENTS
        return to.establishment if leaves else None


def statement_of(event: RecordedEvent, movement: Movement) -> Statement:
    """What an event of admission says of its movement."""
    return Statement(
        event_id=event.event_id,
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        action=ACTIONS.get(type(movement), "insert"),
        movement_id=movement.movement_id,
        stay_id=movement.stay_id,
        kind=movement.kind,
        establishment=movement.establishment,
        occurred_at=movement.occurred_at,
        emitted_at=movement.emitted_at,
        source_id=movement.source_id,
        unit=movement.unit,
        class_of_stay=movement.class_of_stay,
        origin=movement.origin,
        destination=movement.destination,
        legal_entity=movement.legal_entity,
        time_zone=movement.time_zone,
        restates=movement.restates,
        ordered_at=movement.ordered_at or movement.emitted_at,
        names=movement.names if type(movement) is MovementUpdated else None,
    )


def rank_of(kind: MovementKind, destination: Place | None, establishment: str) -> int:
    """The place of a movement among those that happened at the same time."""
    if kind in _RANKS:
        return _RANKS[kind]
    inside = destination is None or destination.establishment in (None, establishment)
    return _INSIDE if inside else _DEPARTURE
