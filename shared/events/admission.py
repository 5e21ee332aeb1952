"""Defines what admission publishes: movements of persons, and who may call the services.

A movement is one fact in a stay (IHE PAM, historic movement management): inserted under a
`movement_id`, later updated or cancelled under the same one. Its content is that of the newest
insert or update by `(ordered_at or emitted_at, sequence)`, where an update changes only what it names; a
cancel holds until the movement is stated again under a newer emission. No personal data travels here:
`stay_id` and `movement_id` are opaque, derived from the sender's own identifiers with a secret.

A movement is a fact of one person at a time. When it turns out to be another person's, everything that was
stated of it is stated again under that person, and `MovementReassigned` ends it under the former one: it is
a fact of a person unless the statement about it with the highest `sequence` there is a
`MovementReassigned`. So each person's own events suffice, whatever was merged, moved or separated.
"""

from typing import Final, Literal, TypeGuard
from uuid import UUID

from shared.events.envelope import Moment, Payload

MovementKind = Literal["admission", "transfer", "discharge"]
"""The kinds that have event types of their own."""

PlannedKind = Literal["planned_admission", "planned_transfer", "planned_discharge"]
"""What is expected to happen, at `expected_at` where that is known (A05 and A14, A15, A16): never a fact."""

TrackedKind = Literal["temporary_departure", "temporary_arrival"]
"""Where a person is for a while, such as theatre or X-ray, whose bed and unit stay the same (A09, A10)."""

FurtherKind = Literal["leave", "return", "death", "change_of_responsibility"] | PlannedKind | TrackedKind
"""Those that the events on further movements name (decision 0042); more will come.

`leave`: the person goes out for some time, and the bed is kept (A21). `return`: the person is back (A22).
`death`: the person died; the stay goes on until its discharge is stated. `change_of_responsibility`: somebody
else answers for the person from now on, wherever the person lies (A54).
"""

ClassOfStay = Literal["emergency", "inpatient", "outpatient", "recurring", "home", "telemonitoring"]
"""HL7 v2 PV1-2 in words: E, I, O, R, HAD, V (PAM.fr 2.11.1, section 6.10.1)."""

Mode = Literal["home", "transfer", "mutation", "acute_visit", "birth", "death", "ambulatory", "other"]
"""Mode of entry or exit: PMSI 8, 7, 6, 0, N, 9 and the rest (PAM.fr 2.11.1, section 6.17, ZFM-1, ZFM-2)."""


OptionalField = Literal["unit", "class_of_stay", "origin", "destination"]
"""A field of a movement that an update may leave as it is."""

FurtherField = OptionalField | Literal["expected_at"]
"""The same, of a further movement."""


class Place(Payload, frozen=True, kw_only=True):
    """Where a person comes from or goes to."""

    mode: Mode
    establishment: str | None = None
    """FINESS number, when the place is an establishment."""
    expected_at: Moment | None = None
    """When the person is expected there; destinations only."""


class Responsibility(Payload, frozen=True, kw_only=True):
    """Who answers for a person, apart from where the person lies; what is not stated goes on.

    Units are coded as `Movement.unit` is.
    """

    medical_unit: str | None = None
    """Of the establishment (ZBE-7)."""
    nursing_unit: str | None = None
    """Of the establishment (ZBE-8)."""
    attending_doctor: str | None = None
    """RPPS number, by which the public directory lists them (PV1-7); never a name."""


class Movement(Payload, frozen=True, kw_only=True):
    """The content that every event about a movement carries."""

    movement_id: UUID
    stay_id: UUID
    kind: str
    """A `MovementKind`, or any other one: a reader takes what it does not know as without effect."""
    source_id: UUID
    establishment: str
    """FINESS number of the establishment that states the fact."""
    occurred_at: Moment
    """In the ward (ZBE-2)."""
    emitted_at: Moment
    """By the source (MSH-7): orders updates of one movement."""
    unit: str | None = None
    """Code that the establishment registered; of any other unit an opaque one, the same for the same unit."""
    class_of_stay: ClassOfStay | None = None
    origin: Place | None = None
    destination: Place | None = None
    restates: UUID | None = None
    """`event_id` of the event that stated this first, under another person."""
    legal_entity: str | None = None
    """FINESS number of the legal entity that runs the establishment, as the directory had it."""
    time_zone: str | None = None
    """IANA name of the zone in which the establishment is, as the directory had it."""
    ordered_at: Moment | None = None
    """Orders updates in place of `emitted_at`, where the source's clock was further ahead than it may be."""
    reassigns: bool = False
    """It named this person when the movement was another one's: that is its effect, if nothing else is."""
    responsibility: Responsibility | None = None
    """Who answers for the person from then on; an update without it leaves it as it was."""


class PatientAdmitted(Movement, frozen=True, kw_only=True):
    """A stay began (A01, A04)."""

    kind: MovementKind


class PatientTransferred(Movement, frozen=True, kw_only=True):
    """A person moved within the establishment, or left for another one (`destination.establishment`)."""

    kind: MovementKind


class PatientDischarged(Movement, frozen=True, kw_only=True):
    """A stay ended (A03)."""

    kind: MovementKind


class MovementUpdated(Movement, frozen=True, kw_only=True):
    """A known movement has this content from now on (Z99)."""

    kind: MovementKind
    names: tuple[OptionalField, ...] | None = None
    """The optional fields that it states, an empty one included; the others stay as they are.

    `None`: all of them.
    """


class MovementCancelled(Movement, frozen=True, kw_only=True):
    """A movement did not take place (A11, A12, A13); the content is what was cancelled."""

    kind: MovementKind


class FurtherMovementStated(Movement, frozen=True, kw_only=True):
    """Something else happened in a stay, as `kind` says; a reader keeps a kind that it does not know."""

    expected_at: Moment | None = None
    """When what follows is expected: of a leave, the return; of a plan, what is planned."""


class FurtherMovementUpdated(MovementUpdated, frozen=True, kw_only=True):
    """A further movement has this content from now on."""

    kind: str  # type: ignore[assignment]
    names: tuple[FurtherField, ...] | None = None  # type: ignore[assignment]
    expected_at: Moment | None = None


class FurtherMovementCancelled(MovementCancelled, frozen=True, kw_only=True):
    """A further movement did not take place."""

    kind: str  # type: ignore[assignment]
    expected_at: Moment | None = None


ReassignmentReason = Literal["merged", "moved", "separated"]
"""Two persons are one; it was never a fact of this person; two persons are not one after all."""


class MovementReassigned(Payload, frozen=True, kw_only=True):
    """A movement is no fact of this person any more; everything stated of it is stated under `to_person`."""

    movement_id: UUID
    stay_id: UUID
    establishment: str
    """FINESS number of the establishment that stated the movement."""
    reason: ReassignmentReason
    to_person: UUID


class _Merge(Payload, frozen=True, kw_only=True):
    """A statement about two persons, published under both; of one merge, the highest revision holds."""

    merge_id: UUID
    surviving: UUID
    merged: UUID
    revision: int


class PersonsMerged(_Merge, frozen=True, kw_only=True):
    """Two persons are one; the movements of `merged` are stated again under `surviving`."""


class PersonsUnmerged(_Merge, frozen=True, kw_only=True):
    """Two persons that were merged are not one; what was moved, and came since, goes back to `merged`."""


MOVEMENT_EVENTS = (
    PatientAdmitted,
    PatientTransferred,
    PatientDischarged,
    MovementUpdated,
    MovementCancelled,
    FurtherMovementStated,
    FurtherMovementUpdated,
    FurtherMovementCancelled,
)
FURTHER_EVENTS = (FurtherMovementStated, FurtherMovementUpdated, FurtherMovementCancelled)


MERGE_EVENTS = (PersonsMerged, PersonsUnmerged)


def is_movement(payload: Payload) -> TypeGuard[Movement]:
    """Whether it is about a movement; faster than `isinstance`, for it is asked several times per event."""
    return type(payload) in MOVEMENT_EVENTS


Scope = Literal["intake", "read", "circle", "operator", "ledger", "privacy"]
"""`ledger` reads what services published and hold: for the services themselves; `privacy` sees who broke the
glass: for the privacy officer of an establishment."""


class KeyLimits(Payload, frozen=True, kw_only=True):
    """What one key may use of one process of a service; `None`: its share of what there is."""

    requests_per_second: int | None = None
    concurrent_requests: int | None = None
    bytes_per_minute: int | None = None


UNLIMITED: Final = KeyLimits()


class AccessGranted(Payload, frozen=True, kw_only=True):
    """An API key exists; the subject of the event is its source."""

    key_id: UUID
    key_sha256: str
    """Hex digest of the whole key; the key itself (256 random bits) is shown once and stored nowhere.

    `sha256:` and a digest is that of the DER of a client certificate, which is shown instead of a key.
    """
    source_id: UUID
    scopes: tuple[Scope, ...]
    establishment: str | None = None
    """FINESS number the key is bound to; None for an operator of the whole platform."""
    sites: tuple[str, ...] = ()
    """FINESS numbers of other sites of its legal entity to which the key is bound, too."""
    expires_at: Moment | None = None
    """When it ends by itself; a key that is granted again ends at the earliest of its times."""
    limits: KeyLimits = UNLIMITED


class AccessRevoked(Payload, frozen=True, kw_only=True):
    """An API key is no longer valid."""

    key_id: UUID
