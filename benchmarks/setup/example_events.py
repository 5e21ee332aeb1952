"""Generates example events of one person: four movements a stay, one movement a day."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.events.admission import (
    Movement,
    MovementKind,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
)
from shared.events.envelope import RecordedEvent
from shared.events.registry import ADMISSION

FINESS: Final = "750000002"
FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
MARK: Final = "abcdefab"
"""The first eight digits of every id, which SQL replaces to write the same events for others."""

_KINDS: Final[tuple[MovementKind, ...]] = ("admission", "transfer", "transfer", "discharge")
_TYPES: Final[dict[MovementKind, type[Movement]]] = {
    "admission": PatientAdmitted,
    "transfer": PatientTransferred,
    "discharge": PatientDischarged,
}


def events_of(subject: uuid.UUID, count: int, *, mark: str = MARK) -> list[RecordedEvent]:
    """The first `count` events of a person; `mark` makes their ids distinct."""
    return [_event(subject, number, mark) for number in range(count)]


def _event(subject: uuid.UUID, number: int, mark: str) -> RecordedEvent:
    moment = FIRST + timedelta(days=number)
    return RecordedEvent(
        event_id=_id(mark, "e", number),
        publisher=ADMISSION,
        subject=subject,
        sequence=number + 1,
        occurred_at=moment,
        recorded_at=moment,
        data=_movement(mark, number, moment),
    )


def _movement(mark: str, number: int, moment: datetime) -> Movement:
    kind = _KINDS[number % len(_KINDS)]
    return _TYPES[kind](
        movement_id=_id(mark, "a", number),
        stay_id=_id(mark, "b", number // len(_KINDS)),
        kind=kind,
        source_id=_id(mark, "c", 0),
        establishment=FINESS,
        occurred_at=moment,
        emitted_at=moment,
        unit="3401",
        class_of_stay="inpatient",
    )


def _id(mark: str, what: str, number: int) -> uuid.UUID:
    return uuid.UUID(f"{mark}-0000-4000-8000-{what}{number:011x}")
