"""What is worth noting about a movement that is accepted all the same? Marks, shown in the receipt."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from services.admission.domain.finess import key_is_valid
from services.admission.domain.movement import StatedMovement

Mark = Literal["future_time", "emitted_in_future", "finess_key_invalid", "identity_conflict"]

DEFAULT_TOLERANCE = timedelta(seconds=300)
"""How far ahead of ours a source's clock may run."""


def marks_at_intake(movement: StatedMovement, *, now: datetime, tolerance: timedelta) -> tuple[Mark, ...]:
    """The marks that need nothing but the movement; `identity_conflict` is found with the identities."""
    return tuple(_marks(movement, now + tolerance))


def _marks(movement: StatedMovement, latest: datetime) -> Iterator[Mark]:
    if movement.occurred_at > latest:
        yield "future_time"
    if movement.emitted_at > latest:
        yield "emitted_in_future"
    places = (movement, movement.origin, movement.destination)
    numbers = (place.establishment for place in places if place is not None)
    if not all(key_is_valid(number) for number in numbers if number is not None):
        yield "finess_key_invalid"
