"""Describes a submission, a movement as it will be stored and published, and decides whose it is.

The published payload says where, when and what, never who; movements and stays travel under opaque ids. The
first identifier that is known to its sender's scope decides the person; those that nobody has become that
person's. Only a qualified INS whose traits agree gives a new local identity a person of another scope, and
no identifier ever changes its owner here: what is doubtful is left to a person (decision 0023).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct, convert
from msgspec.structs import replace

from services.admission.domain.checks import Mark
from services.admission.domain.doubts import Doubt, KnownTraits, joined, judge_others
from services.admission.domain.identification import Identification
from services.admission.domain.identifiers import (
    EarlierOwners,
    Owner,
    Person,
    StatedNumber,
    in_one_spelling,
    new_links,
    other_persons,
    owner_in_scope,
)
from services.admission.domain.movement import Action, Destination, Kind, Origin, StatedMovement, Traits
from services.admission.domain.receipt import Accepted, Outcome, Receipt, resubmitted
from shared.events import admission
from shared.events.admission import FurtherField, Movement, Place, Responsibility
from shared.events.envelope import TraceContext

SubmissionKey = tuple[UUID, str]
"""(source, its own event id): identifies the same submission, however often it is sent."""

_INSERTED: dict[str, type[Movement]] = {
    "admission": admission.PatientAdmitted,
    "transfer": admission.PatientTransferred,
    "discharge": admission.PatientDischarged,
}
_CHANGED: dict[Action, tuple[type[Movement], type[Movement]]] = {
    "update": (admission.MovementUpdated, admission.FurtherMovementUpdated),
    "cancel": (admission.MovementCancelled, admission.FurtherMovementCancelled),
}

# A number stays as it is written: as a float, two that differ could become equal.
_decoder = msgspec.json.Decoder(float_hook=lambda number: msgspec.Raw(number.encode()))


class Submission(Struct, frozen=True, kw_only=True, gc=False):
    """One movement, stated with a key, that waits for its commit; `trace`: the context of that commit."""

    source_id: UUID
    key_id: UUID | None = None
    source_event_id: str
    content_sha256: bytes
    body: bytes
    numbers: tuple[StatedNumber, ...]
    """The person's identifiers, in the sender's order."""
    traits: Traits | None = None
    is_test: bool = False
    """Whether its INS is one of tests or demonstrations, which need no traits to agree."""
    marks: tuple[Mark, ...]
    ignored: tuple[str, ...] = ()
    """JSON pointers to the details that could not be read."""
    receipt_id: UUID
    event_id: UUID
    data: Movement
    trace: TraceContext
    message_event_id: UUID | None = None
    """Event of the first statement of the same HL7 v2 message, which it may be itself."""

    @property
    def key(self) -> SubmissionKey:
        """What makes a repeated submission the same one."""
        return self.source_id, self.source_event_id

    def outcome(self, receipt: Receipt) -> Outcome:
        """What it is told, by the receipt of what is stored under its key."""
        if receipt.event_id == self.event_id:
            return Accepted(receipt)
        return resubmitted(receipt, given_sha256=self.content_sha256.hex())


def content_sha256(body: bytes) -> bytes:
    """The SHA-256 of a body's canonical JSON: key order and white space do not count, unknown fields do.

    Raises DecodeError, UnicodeDecodeError or RecursionError for a body that cannot be read as a whole.
    """
    return sha256(msgspec.json.encode(_decoder.decode(body), order="deterministic")).digest()


def event_type(action: Action, kind: Kind) -> type[Movement]:
    """The event that an action (IHE PAM, ZBE-4) on a kind of movement is published as (decision 0042)."""
    if action == "insert":
        return _INSERTED.get(kind, admission.FurtherMovementStated)
    return _CHANGED[action][kind not in _INSERTED]


def event_payload(
    movement: StatedMovement,
    *,
    movement_id: UUID,
    stay_id: UUID,
    source_id: UUID,
    legal_entity: str | None = None,
    time_zone: str | None = None,
    ordered_at: datetime | None = None,
    names: tuple[FurtherField, ...] | None = None,
) -> Movement:
    """The payload under these opaque ids, without the person; `names` are what an update states."""
    stated = movement.responsibility
    responsibility = stated if stated is None else convert(stated, Responsibility, from_attributes=True)
    payload = event_type(movement.action, movement.kind)(
        movement_id=movement_id,
        stay_id=stay_id,
        kind=movement.kind,
        source_id=source_id,
        establishment=movement.establishment,
        occurred_at=movement.occurred_at,
        emitted_at=movement.emitted_at,
        unit=movement.unit,
        class_of_stay=movement.class_of_stay,
        origin=_place(movement.origin),
        destination=_place(movement.destination),
        legal_entity=legal_entity,
        time_zone=time_zone,
        ordered_at=ordered_at,
        responsibility=responsibility,
    )
    if movement.expected_at is not None and isinstance(payload, admission.FURTHER_EVENTS):
        payload = replace(payload, expected_at=movement.expected_at)
    is_partial = names is not None and isinstance(payload, admission.MovementUpdated)
    return replace(payload, names=names) if is_partial else payload


def with_codes(
    movement: StatedMovement, registered: Mapping[str, str], *, opaque_id: Callable[[str], UUID]
) -> tuple[StatedMovement, bool]:
    """The movement, its units under the codes by which they travel, and whether one is not registered:
    of that one, which is its sender's text, a code travels that tells nothing (decision 0075)."""
    unknown = []

    def code_of(unit: str | None) -> str | None:
        if unit is None or unit in registered:
            return unit
        spelling = in_one_spelling(unit)
        if spelling in registered:
            return registered[spelling]
        unknown.append(spelling)
        return f"unregistered:{opaque_id(spelling)}"

    by = movement.responsibility
    by = by and replace(by, medical_unit=code_of(by.medical_unit), nursing_unit=code_of(by.nursing_unit))
    return replace(movement, unit=code_of(movement.unit), responsibility=by), bool(unknown)


def _place(stated: Origin | Destination | None) -> Place | None:
    return None if stated is None else convert(stated, Place, from_attributes=True)


_NOBODY: Final[EarlierOwners] = {}
_NONE: Final[KnownTraits] = {}


class Identified(Struct, frozen=True, gc=False):
    """A submission and its person."""

    submission: Submission
    person: Person
    links: Mapping[bytes, Owner]
    """Identifiers that had no owner before this batch, and who owns them with this submission."""
    is_joined: bool  # its INS alone made it this person's, who is known in another scope
    is_conflict: bool
    """Whether its scope knows its identifiers as those of several persons."""
    doubts: tuple[Doubt, ...] = ()
    """What is to be recorded about that."""

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Its marks, with what its scope knows of the person: no INS tells whether it is known elsewhere."""
        return (*self.submission.marks, "identity_conflict") if self.is_conflict else self.submission.marks


def identify(
    numbers: Sequence[StatedNumber],
    known: Mapping[bytes, Owner],
    *,
    establishment: str,
    earlier: EarlierOwners = _NOBODY,
    at: datetime | None = None,
) -> Identification:
    """Decide for one movement of this establishment and time; `numbers` are in the order of its list."""
    own: list[Person] = []
    elsewhere: list[Person] = []
    alike: list[Person] = []
    unlinked: dict[bytes, str] = {}
    for number in numbers:
        local = known.get(number.local)
        if local is not None and (former := local.former_at(at)) is not None:
            own.append(former)  # whatever the number means by now
            continue
        owner = owner_in_scope(number, known)
        national = known.get(number.national) if number.national else None
        if number.national and number.is_qualified and national is None:
            unlinked[number.national] = number.scope
        elif owner is None:
            unlinked[number.local] = number.scope
        if national is not None and (number.is_qualified or owner is None):
            (elsewhere if number.is_qualified else alike).append(national.person)
        if owner is None and earlier:
            before = ((index, establishment) for index in number.earlier)
            owner = next((earlier[one] for one in before if one in earlier), None)
        if owner is not None:
            own.append(owner)
    person = own[0] if own else None
    return Identification(
        person=person,
        elsewhere=other_persons(elsewhere, person),
        alike=other_persons(alike, person),
        unlinked=tuple(unlinked.items()),
        is_conflict=bool(other_persons(own, person)),
    )


def identify_all(
    submissions: Sequence[Submission],
    known: Mapping[bytes, Owner],
    *,
    new_persons: Iterator[Person],
    earlier: EarlierOwners = _NOBODY,
    traits: KnownTraits = _NONE,
) -> Iterator[Identified]:
    """Give each submission its person, whom the rest of the batch knows, and all links that it relies on.

    `traits` are those known of the persons who may be joined.
    """
    owners = dict(known)
    known_traits = {person_id: dict(stated) for person_id, stated in traits.items()}
    for submission in submissions:
        data = submission.data
        at = data.ordered_at or data.emitted_at
        found = identify(submission.numbers, owners, establishment=data.establishment, earlier=earlier, at=at)
        doubts = _doubts(submission, found, known_traits)
        of_ins = joined(doubts) if doubts and found.person is None else None
        person = found.person or of_ins or next(new_persons)
        if submission.traits is not None:
            by_establishment = known_traits.setdefault(person.person_id, {})
            by_establishment[data.establishment] = submission.traits
        owners.update((index, person.owning(scope, owners.get(index))) for index, scope in found.unlinked)
        links = new_links(_indexes(submission), owners, known)
        remaining = tuple(doubt for doubt in doubts if doubt.other.person_id != person.person_id)
        yield Identified(submission, person, links, of_ins is not None, found.is_conflict, remaining)


def persons_to_compare(submissions: Sequence[Submission], known: Mapping[bytes, Owner]) -> set[UUID]:
    """The persons whose traits decide whether one of these joins them."""
    persons: set[UUID] = set()
    givers: dict[bytes, dict[str, set[UUID]]] = {}
    for submission in submissions:
        own = {known[number.local].person.person_id for number in submission.numbers if number.local in known}
        for number in submission.numbers:
            national = known.get(number.national) if number.national else None
            if number.national and number.is_qualified and national is None:
                givers.setdefault(number.national, {}).setdefault(number.scope, set()).update(own)
            if national is None or national.scope == number.scope:
                continue
            if number.local not in known or (number.is_qualified and national.person.person_id not in own):
                persons |= {national.person.person_id, *own}
    # An INS that is new, and that several scopes state at once: who has it first is compared with the rest.
    shared = (by_scope for by_scope in givers.values() if len(by_scope) > 1)
    return persons.union(*(own for by_scope in shared for own in by_scope.values()))


def _doubts(submission: Submission, found: Identification, known: KnownTraits) -> tuple[Doubt, ...]:
    if not (found.elsewhere or found.alike):
        return ()
    return judge_others(
        submission.traits,
        establishment=submission.data.establishment,
        person=found.person,
        elsewhere=found.elsewhere,
        alike=found.alike,
        known=known,
        is_test=submission.is_test,
    )


def _indexes(submission: Submission) -> Iterator[bytes]:
    """The indexes of its numbers under which somebody is known once it is committed."""
    for number in submission.numbers:
        if number.national is not None and number.is_qualified:
            yield number.national
        yield number.local
