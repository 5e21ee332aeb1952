"""Defines a statement, what one event says of one movement, and in which order movements happened."""

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Literal, get_args
from uuid import UUID

import msgspec

from shared.events.admission import (
    FURTHER_EVENTS,
    ClassOfStay,
    FurtherField,
    FurtherMovementCancelled,
    FurtherMovementUpdated,
    Mode,
    Movement,
    MovementCancelled,
    MovementUpdated,
    Place,
    PlannedKind,
    Responsibility,
    TrackedKind,
)
from shared.events.envelope import RecordedEvent

Action = Literal["insert", "update", "cancel"]

TimelineKey = tuple[datetime, int, UUID]

NO_SOURCE: Final = UUID(int=0)

ACTIONS: Final[Mapping[type[Movement], Action]] = {
    MovementUpdated: "update",
    MovementCancelled: "cancel",
    FurtherMovementUpdated: "update",
    FurtherMovementCancelled: "cancel",
}
"""What an event does to its movement; every other type inserts it."""

_BETWEEN_ESTABLISHMENTS: Final[tuple[Mode, ...]] = ("transfer", "mutation")
_ENTRY, _INSIDE, _RETURN, _DEPARTURE, _DISCHARGE = range(5)
_RANKS: Final[Mapping[str, int]] = {"admission": _ENTRY, "return": _RETURN, "discharge": _DISCHARGE}
"""Of every other kind, known or not: inside. Who leaves and is back at one moment is there."""
FACTS: Final = frozenset({"admission", "transfer", "discharge", "leave", "return"})
"""The kinds that say where the person is; of any other one, nothing is known here but that it was stated."""
TRACKED: Final[frozenset[str]] = frozenset(get_args(TrackedKind))
"""The kinds that say that the person is there, of a stay of which no more is known, and move nobody."""
PLANS: Final[frozenset[str]] = frozenset(get_args(PlannedKind))
ENTRIES: Final = frozenset({"admission", "return"})
"""The kinds that say that the person is there now, wherever they were before."""
_FURTHER: Final = frozenset[type[Movement]](FURTHER_EVENTS)

_content_of: Final[Callable[[Movement], tuple[Any, ...]]] = attrgetter(*Movement.__struct_fields__)


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What one event says of one movement: where the event stands, then every field of `Movement` in order.

    Last, what further movements have beside those.

    Not by keyword: a fold makes one of every event, and to match twenty names takes longer than all the rest.
    """

    event_id: UUID
    sequence: int
    recorded_at: datetime
    action: Action
    names: tuple[FurtherField, ...] | None
    """The optional fields that an update states; `None` for all of them."""
    movement_id: UUID
    stay_id: UUID
    kind: str
    source_id: UUID
    """`NO_SOURCE` for a reader that does not keep it: no reading depends on it."""
    establishment: str
    occurred_at: datetime
    emitted_at: datetime
    unit: str | None = None
    class_of_stay: ClassOfStay | None = None
    origin: Place | None = None
    destination: Place | None = None
    restates: UUID | None = None
    legal_entity: str | None = None
    time_zone: str | None = None
    ordered_at: datetime | None = None
    reassigns: bool = False
    responsibility: Responsibility | None = None
    expected_at: datetime | None = None
    """Of a further movement: when what follows is expected."""

    @property
    def emission_time(self) -> datetime:
        """When it was emitted, or what stands for it where the source's clock was too far ahead (0026)."""
        return self.ordered_at or self.emitted_at

    @property
    def place_in_history(self) -> tuple[datetime, int]:
        """Orders the statements about one movement: the newest content holds."""
        return (self.ordered_at or self.emitted_at, self.sequence)

    @property
    def timeline_key(self) -> TimelineKey:
        """Orders by time; at one time entry, moves inside, return, departure, discharge; then by id."""
        return (
            self.occurred_at,
            rank_of(self.kind, self.destination, self.establishment),
            self.movement_id,
        )

    @property
    def departs(self) -> bool:
        """Whether it is a transfer to another establishment."""
        return is_departure(self.kind, self.destination, self.establishment)

    @property
    def destination_elsewhere(self) -> str | None:
        """The other establishment for which the person left with this movement, if any."""
        to = self.destination
        if to is None or to.establishment in (None, self.establishment):
            return None
        leaves = self.kind == "transfer" or (self.kind == "discharge" and to.mode in _BETWEEN_ESTABLISHMENTS)
        return to.establishment if leaves else None


def statement_of(event: RecordedEvent, movement: Movement) -> Statement:
    """What an event of admission says of its movement."""
    type_ = type(movement)
    action = ACTIONS.get(type_, "insert")
    content = _content_of(movement)
    return Statement(
        event.event_id,
        event.sequence,
        event.recorded_at,
        action,
        movement.names if action == "update" else None,  # type: ignore[attr-defined]
        *((*content, movement.expected_at) if type_ in _FURTHER else content),  # type: ignore[attr-defined]
    )


def is_departure(kind: str, destination: Place | None, establishment: str) -> bool:
    """Whether it is a transfer to another establishment."""
    if kind != "transfer" or destination is None:
        return False
    return destination.establishment not in (None, establishment)


def rank_of(kind: str, destination: Place | None, establishment: str) -> int:
    """The place of a movement among those that happened at the same time."""
    return _DEPARTURE if is_departure(kind, destination, establishment) else _RANKS.get(kind, _INSIDE)
