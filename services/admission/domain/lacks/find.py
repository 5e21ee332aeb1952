"""Finds what a movement lacks for an arrival to be watched, a person to be recognised, or a carer to be told.

None of it refuses a movement. Whether somebody left for elsewhere is read as every service reads it.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.checks import is_valid_finess
from services.admission.domain.lacks.lack import Lack
from services.admission.domain.movement import Traits
from services.admission.domain.traits import compare_traits
from shared.events.admission import Movement, MovementCancelled, MovementUpdated, Place
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION
from shared.stays.classes import CLASSES_WITHOUT_BED
from shared.stays.statements import statement_of

_BETWEEN: Final = ("transfer", "mutation")
_LEAVING: Final = ("transfer", "discharge")


class Known(Struct, frozen=True, kw_only=True):
    """What is known beside the movement."""

    latest: datetime
    """What happened later has not happened yet."""
    listed: Collection[str] = ()
    """Of the establishments that it names, those in the directory."""
    is_qualified: bool = False
    """Whether one of its numbers means the same person elsewhere."""
    is_test: bool = False
    """Whether its INS is one of tests, which need no traits."""
    traits: Traits | None = None


def lacks_of(movement: Movement, known: Known) -> list[Lack]:
    """What it lacks, in the order of importance; a cancel lacks nothing."""
    if isinstance(movement, MovementCancelled):
        return []
    found = [Lack("plan", "/occurred_at")] if movement.occurred_at > known.latest else []
    if not isinstance(movement, MovementUpdated) or movement.names is None or "destination" in movement.names:
        found += _of_route(movement, known)
    if movement.kind == "admission":
        found += _of_entry(movement, known)
    if movement.kind == "leave" and getattr(movement, "expected_at", None) is None:
        found.append(Lack("no_return_time", "/expected_at"))
    return found


def _of_route(movement: Movement, known: Known) -> Iterator[Lack]:
    to = movement.destination
    if movement.kind not in _LEAVING:
        return
    if to is not None and to.mode == "death":
        yield Lack("death", "/destination/mode")
    elif to is not None and (elsewhere := _leaves_for(movement)):
        yield from _of_departure(to, elsewhere, known)
    elif to is not None and to.establishment not in (None, movement.establishment):
        yield Lack("destination_by_home", "/destination/mode")
    elif movement.kind == "transfer":
        yield Lack("within_establishment", "/destination/establishment")
    elif to is None:
        yield Lack("no_destination", "/destination")
    elif to.mode in _BETWEEN:
        yield Lack("destination_unnamed", "/destination/establishment")


def _of_departure(to: Place, elsewhere: str, known: Known) -> Iterator[Lack]:
    if not is_valid_finess(elsewhere):
        yield Lack("destination_key_invalid", "/destination/establishment")
    elif elsewhere not in known.listed:
        yield Lack("destination_not_listed", "/destination/establishment")
    if to.expected_at is None:
        yield Lack("no_deadline", "/destination/expected_at")
    yield from _of_recognition(known)


def _of_entry(movement: Movement, known: Known) -> Iterator[Lack]:
    if movement.class_of_stay in CLASSES_WITHOUT_BED - {"home"}:
        yield Lack("no_bed", "/class_of_stay")
    origin = movement.origin
    if origin is not None and origin.mode in _BETWEEN and origin.establishment != movement.establishment:
        yield from _of_recognition(known)


def _of_recognition(known: Known) -> Iterator[Lack]:
    if not known.is_qualified:
        yield Lack("ins_not_qualified", "/person/identity_status")
    elif not known.is_test and not compare_traits(known.traits, known.traits).is_strict:
        yield Lack("traits_incomplete", "/person/traits")


def _leaves_for(movement: Movement) -> str | None:
    nobody = UUID(int=0)
    event = RecordedEvent(
        event_id=nobody,
        publisher=ADMISSION,
        subject=nobody,
        sequence=1,
        occurred_at=movement.occurred_at,
        recorded_at=movement.occurred_at,
        data=movement,
    )
    return statement_of(event, movement).destination_elsewhere
