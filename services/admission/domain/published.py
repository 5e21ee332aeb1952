"""What do other services learn of a movement? Its event, without the person, under opaque ids."""

from uuid import UUID

from services.admission.domain.movement import Action, Destination, Origin, StatedMovement
from shared.events import admission
from shared.events.admission import Movement, MovementKind, Place

_INSERTED: dict[MovementKind, type[Movement]] = {
    "admission": admission.PatientAdmitted,
    "transfer": admission.PatientTransferred,
    "discharge": admission.PatientDischarged,
}


def event_type(action: Action, kind: MovementKind) -> type[Movement]:
    """The event of an action on a kind of movement."""
    if action == "update":
        return admission.MovementUpdated
    if action == "cancel":
        return admission.MovementCancelled
    return _INSERTED[kind]


def event_data(movement: StatedMovement, *, movement_id: UUID, stay_id: UUID, source_id: UUID) -> Movement:
    """The payload: where, when and what, never who."""
    return event_type(movement.action, movement.kind)(
        movement_id=movement_id,
        stay_id=stay_id,
        kind=movement.kind,
        source_id=source_id,
        establishment=movement.establishment,
        occurred_at=movement.occurred_at,
        emitted_at=movement.emitted_at,
        unit=movement.unit,
        class_of_stay=movement.class_of_stay,
        origin=_origin(movement.origin),
        destination=_destination(movement.destination),
    )


def _origin(origin: Origin | None) -> Place | None:
    return None if origin is None else Place(mode=origin.mode, establishment=origin.establishment)


def _destination(destination: Destination | None) -> Place | None:
    if destination is None:
        return None
    return Place(
        mode=destination.mode,
        establishment=destination.establishment,
        expected_at=destination.expected_at,
    )
