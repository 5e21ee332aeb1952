"""Describes a submission: a movement as it will be stored and published, but for the person.

The published payload says where, when and what, never who; movements and stays travel under opaque ids.
"""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct

from services.admission.domain.checks import Mark
from services.admission.domain.movement import Action, Destination, Origin, StatedMovement
from shared.events import admission
from shared.events.admission import Movement, MovementKind, Place
from shared.events.envelope import TraceContext

SubmissionKey = tuple[UUID, str]
"""(source, its own event id): identifies the same submission, however often it is sent."""

_INSERTED: dict[MovementKind, type[Movement]] = {
    "admission": admission.PatientAdmitted,
    "transfer": admission.PatientTransferred,
    "discharge": admission.PatientDischarged,
}

# A number stays as it is written: as a float, two that differ could become equal.
_decoder = msgspec.json.Decoder(float_hook=lambda number: msgspec.Raw(number.encode()))


class Submission(Struct, frozen=True, kw_only=True):
    """One movement that waits for its commit; `trace` is the context under which it is committed."""

    source_id: UUID
    source_event_id: str
    content_sha256: bytes
    body: bytes
    identifiers: tuple[bytes, ...]
    """Blind indexes of the normalised identifiers, in the sender's order."""
    as_written: Mapping[bytes, bytes] = {}
    """Of identifiers spelled otherwise: index -> the one that version 0.1.0 made of that spelling."""
    marks: tuple[Mark, ...]
    receipt_id: UUID
    event_id: UUID
    data: Movement
    trace: TraceContext

    @property
    def key(self) -> SubmissionKey:
        """What makes a repeated submission the same one."""
        return self.source_id, self.source_event_id


def content_sha256(body: bytes) -> bytes:
    """The SHA-256 of a body's canonical JSON: key order and white space do not count, unknown fields do.

    Raises DecodeError, UnicodeDecodeError or RecursionError for a body that cannot be read as a whole.
    """
    return sha256(msgspec.json.encode(_decoder.decode(body), order="deterministic")).digest()


def event_type(action: Action, kind: MovementKind) -> type[Movement]:
    """The event that an action (IHE PAM, ZBE-4) on a kind of movement is published as."""
    if action == "update":
        return admission.MovementUpdated
    if action == "cancel":
        return admission.MovementCancelled
    return _INSERTED[kind]


def event_payload(movement: StatedMovement, *, movement_id: UUID, stay_id: UUID, source_id: UUID) -> Movement:
    """The payload under these opaque ids, without the person."""
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
