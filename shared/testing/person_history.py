"""Builds the admission events of one person's history, for tests.

    history = PersonHistory("Rose")
    history.admit("stay-1", at=minutes(0), establishment=HOSPITAL)
    history.discharge("stay-1", at=minutes(90), to=REHABILITATION)
    history.events

Names become ids by uuid5, so the same words give the same events in every run. Each event takes the
next sequence; `emitted` (default: one minute after the fact) orders the updates of a movement.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypedDict
from uuid import UUID, uuid5

from msgspec.structs import asdict, replace

from shared.events.admission import (
    FURTHER_EVENTS,
    ClassOfStay,
    FurtherField,
    FurtherKind,
    FurtherMovementCancelled,
    FurtherMovementStated,
    FurtherMovementUpdated,
    Mode,
    Movement,
    MovementCancelled,
    MovementKind,
    MovementReassigned,
    MovementUpdated,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    Place,
    ReassignmentReason,
)
from shared.events.envelope import Payload, RecordedEvent
from shared.events.registry import ADMISSION
from shared.stays.movements import OPTIONAL_FIELDS

HOSPITAL: Final = "330000001"
REHABILITATION: Final = "330000002"
NURSING_HOME: Final = "330000003"
ESTABLISHMENTS: Final = (HOSPITAL, REHABILITATION, NURSING_HOME)

START: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

_NAMESPACE: Final = UUID("6d1d8a4e-51b4-4b65-9a76-3a5a7d0a7c11")
_INSERTS: Final[dict[str, type[Movement]]] = {
    "admission": PatientAdmitted,
    "transfer": PatientTransferred,
    "discharge": PatientDischarged,
}


def id_of(*names: object) -> UUID:
    """The id that these names stand for, the same in every run."""
    return _id_of("/".join(map(str, names)))


@lru_cache(100_000)
def _id_of(name: str) -> UUID:
    return uuid5(_NAMESPACE, name)


def movement_of(event: RecordedEvent) -> Movement:
    """The movement that an admission event is about."""
    if not isinstance(event.data, Movement):
        raise TypeError("not an event about a movement")
    return event.data


def minutes(count: float) -> datetime:
    """`count` minutes after the start of every history."""
    return START + timedelta(minutes=count)


class _Content(TypedDict):
    movement_id: UUID
    stay_id: UUID
    kind: Any
    source_id: UUID
    establishment: str
    occurred_at: datetime
    emitted_at: datetime
    unit: str | None


@dataclass
class PersonHistory:
    """What the sources stated about one person, in the order in which admission accepted it."""

    name: str = "Rose"
    events: list[RecordedEvent] = field(default_factory=list)

    @property
    def person_id(self) -> UUID:
        return id_of("person", self.name)

    def admit(
        self,
        stay: str,
        *,
        at: datetime,
        establishment: str = HOSPITAL,
        movement: str | None = None,
        unit: str | None = None,
        class_of_stay: ClassOfStay | None = "inpatient",
        origin: Place | None = None,
        emitted: datetime | None = None,
    ) -> RecordedEvent:
        content = self._content(
            "admission", stay, movement, at=at, establishment=establishment, unit=unit, emitted=emitted
        )
        return self.record(PatientAdmitted(**content, class_of_stay=class_of_stay, origin=origin))

    def transfer(
        self,
        stay: str,
        *,
        at: datetime,
        establishment: str = HOSPITAL,
        to: str | None = None,
        expected_at: datetime | None = None,
        movement: str | None = None,
        unit: str | None = None,
        class_of_stay: ClassOfStay | None = None,
        emitted: datetime | None = None,
    ) -> RecordedEvent:
        """Moves within the establishment, or, with `to`, leaves for another one."""
        destination = Place(mode="transfer", establishment=to, expected_at=expected_at) if to else None
        content = self._content(
            "transfer", stay, movement, at=at, establishment=establishment, unit=unit, emitted=emitted
        )
        return self.record(
            PatientTransferred(**content, class_of_stay=class_of_stay, destination=destination)
        )

    def discharge(
        self,
        stay: str,
        *,
        at: datetime,
        establishment: str = HOSPITAL,
        to: str | None = None,
        mode: Mode | None = None,
        expected_at: datetime | None = None,
        movement: str | None = None,
        emitted: datetime | None = None,
    ) -> RecordedEvent:
        """Leaves for home, or, with `to`, for another establishment."""
        mode = mode or ("transfer" if to else "home")
        destination = Place(mode=mode, establishment=to, expected_at=expected_at)
        content = self._content(
            "discharge", stay, movement, at=at, establishment=establishment, unit=None, emitted=emitted
        )
        return self.record(PatientDischarged(**content, destination=destination))

    def further(
        self,
        kind: FurtherKind,
        stay: str,
        *,
        at: datetime,
        establishment: str = HOSPITAL,
        movement: str | None = None,
        expected_at: datetime | None = None,
        emitted: datetime | None = None,
    ) -> RecordedEvent:
        """What the other ways do not state: goes on leave, is back."""
        content = self._content(
            kind, stay, movement, at=at, establishment=establishment, unit=None, emitted=emitted
        )
        return self.record(FurtherMovementStated(**content, expected_at=expected_at))

    def update(
        self,
        event: RecordedEvent,
        *,
        emitted: datetime,
        names: tuple[FurtherField, ...] | None = None,
        **changes: Any,
    ) -> RecordedEvent:
        """States that the movement of `event` has other content from now on: what it names, or all of it."""
        left = () if names is None else tuple(field for field in OPTIONAL_FIELDS if field not in names)
        type_ = FurtherMovementUpdated if isinstance(event.data, FURTHER_EVENTS) else MovementUpdated
        unnamed: dict[str, Any] = dict.fromkeys(left)
        return self._again(type_, event, emitted=emitted, changes={**changes, **unnamed, "names": names})

    def repeat(self, event: RecordedEvent, *, emitted: datetime, **changes: Any) -> RecordedEvent:
        """Inserts the movement of `event` a second time, as real sources do."""
        type_ = _INSERTS.get(movement_of(event).kind, FurtherMovementStated)
        return self._again(type_, event, emitted=emitted, changes=changes)

    def cancel(self, event: RecordedEvent, *, emitted: datetime | None = None) -> RecordedEvent:
        """States that the movement of `event` did not take place."""
        emitted = emitted or movement_of(event).emitted_at + timedelta(minutes=1)
        type_ = FurtherMovementCancelled if isinstance(event.data, FURTHER_EVENTS) else MovementCancelled
        return self._again(type_, event, emitted=emitted, changes={})

    def record(self, movement: Movement, *, recorded_at: datetime | None = None) -> RecordedEvent:
        """Assigns any movement event its place at the end of the history."""
        recorded_at = recorded_at or max(self.now, movement.ordered_at or movement.emitted_at) + timedelta(
            seconds=1
        )
        return self.append(movement, occurred_at=movement.occurred_at, recorded_at=recorded_at)

    def append(self, payload: Payload, *, occurred_at: datetime, recorded_at: datetime) -> RecordedEvent:
        """Assigns any event its place at the end of the history."""
        sequence = len(self.events) + 1
        event = RecordedEvent(
            event_id=id_of("event", self.name, sequence),
            publisher=ADMISSION,
            subject=self.person_id,
            sequence=sequence,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            data=payload,
        )
        self.events.append(event)
        return event

    @property
    def now(self) -> datetime:
        """When the last event was recorded."""
        return self.events[-1].recorded_at if self.events else START

    def hand_over(
        self, movement_id: UUID, to: "PersonHistory", *, reason: ReassignmentReason = "moved"
    ) -> None:
        """States a movement again under another person, and ends it here, as admission does."""
        at = max(self.now, to.now) + timedelta(seconds=1)
        stated: dict[UUID, Movement] = {}
        for event in self.events:
            movement = event.data
            if isinstance(movement, Movement) and movement.movement_id == movement_id:
                origin = movement.restates or event.event_id
                stated.pop(origin, None)
                stated[origin] = replace(movement, restates=origin)
        for statement in stated.values():
            to.append(statement, occurred_at=statement.occurred_at, recorded_at=at)
        *_, last = stated.values()
        away = MovementReassigned(
            movement_id=movement_id,
            stay_id=last.stay_id,
            establishment=last.establishment,
            reason=reason,
            to_person=to.person_id,
        )
        self.append(away, occurred_at=at, recorded_at=at)

    def _again(
        self, type_: type[Movement], event: RecordedEvent, *, emitted: datetime, changes: dict[str, Any]
    ) -> RecordedEvent:
        content = {
            **asdict(movement_of(event)),
            "names": None,
            "ordered_at": None,
            **changes,
            "emitted_at": emitted,
        }
        fields = [name for name in type_.__struct_fields__ if name in content]
        return self.record(type_(**{name: content[name] for name in fields}))

    def _content(
        self,
        kind: MovementKind | FurtherKind,
        stay: str,
        movement: str | None,
        *,
        at: datetime,
        establishment: str,
        unit: str | None,
        emitted: datetime | None,
    ) -> _Content:
        return _Content(
            movement_id=id_of("movement", self.name, stay, movement or f"{kind}-{len(self.events) + 1}"),
            stay_id=id_of("stay", self.name, stay),
            kind=kind,
            source_id=id_of("source", establishment),
            establishment=establishment,
            occurred_at=at,
            emitted_at=emitted or at + timedelta(minutes=1),
            unit=unit,
        )
