"""Describes a submission, a movement as it will be stored and published, and decides whose it is.

The published payload says where, when and what, never who; movements and stays travel under opaque ids. The
first identifier with a known owner decides the person; those without one become that person's. An identifier
that belongs to somebody else keeps its owner, and the sender is shown the conflict: no person is merged here.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final
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
    """Index of an identifier spelled otherwise -> the index that version 0.1.0 gave that spelling."""
    marks: tuple[Mark, ...]
    ignored: tuple[str, ...] = ()
    """JSON pointers to the details that could not be read."""
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


def event_payload(
    movement: StatedMovement,
    *,
    movement_id: UUID,
    stay_id: UUID,
    source_id: UUID,
    legal_entity: str | None = None,
) -> Movement:
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
        legal_entity=legal_entity,
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


_ALL_NORMALISED: Final[Mapping[bytes, bytes]] = {}


class Person(Struct, frozen=True):
    """A person, and the wrapped key that encrypts what is stored of them."""

    person_id: UUID
    wrapped_key: bytes
    stated_as: UUID | None = None
    """The other person whom the identifier itself means, while the two are merged."""

    @property
    def identity(self) -> UUID:
        """The person whom the identifier means when nobody is merged."""
        return self.stated_as or self.person_id


class Identification(Struct, frozen=True):
    """The person whom the identifiers of one movement mean."""

    person: Person | None
    """None when no identifier is known."""
    unknown: tuple[bytes, ...]
    """Identifiers to link to the person."""
    conflict: bool
    """Whether some identifier belongs to another person."""


class Identified(Struct, frozen=True):
    """A submission and its person."""

    submission: Submission
    person: Person
    links: Mapping[bytes, Person]
    """Identifiers that had no owner before this batch, and who owns them with this submission."""
    conflict: bool

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The submission's marks, with what was found about the person."""
        return (*self.submission.marks, "identity_conflict") if self.conflict else self.submission.marks


def identify(
    indexes: Sequence[bytes],
    known: Mapping[bytes, Person],
    *,
    as_written: Mapping[bytes, bytes] = _ALL_NORMALISED,
) -> Identification:
    """Decide for one movement; `indexes` are its identifiers' blind indexes in the order it lists them.

    An identifier that is not known may be under its index `as_written`, where version 0.1.0 kept it.
    """
    found = (known.get(index) or known.get(as_written.get(index, index)) for index in indexes)
    owners = [owner for owner in found if owner is not None]
    person = owners[0] if owners else None
    return Identification(
        person=person,
        unknown=tuple(dict.fromkeys(index for index in indexes if index not in known)),
        conflict=any(owner.person_id != person.person_id for owner in owners) if person else False,
    )


def identify_all(
    submissions: Sequence[Submission], known: Mapping[bytes, Person], *, new_persons: Iterator[Person]
) -> Iterator[Identified]:
    """Give each submission its person; one that is new in this batch is known to the rest of it.

    Each carries all the links that it relies on: those before it may turn out to be stored already.
    """
    owners = dict(known)
    for submission in submissions:
        found = identify(submission.identifiers, owners, as_written=submission.as_written)
        person = found.person or next(new_persons)
        owners.update(dict.fromkeys(found.unknown, person))
        links = {index: owners[index] for index in submission.identifiers if index not in known}
        yield Identified(submission, person, links, found.conflict)
