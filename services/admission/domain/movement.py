"""Defines what an establishment states: one movement of one person, as its software sends it.

The types carry every rule that concerns one field; `checks` has the rules between fields. Fields
that are not named here are accepted and stay in the encrypted record of the submission.
"""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct

from shared.events.admission import ClassOfStay, FurtherKind, Mode, MovementKind

# Something to read and no control character: PostgreSQL stores no NUL, and logs stay one line each. Blanks,
# one character that is none, then anything: no text can be divided among the three in two ways, so nothing is
# tried twice. `$` alone would let a line end pass.
_PRINTED = r"^[^\S\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$(?!\n)"

SourceNumber = Annotated[str, Meta(min_length=1, max_length=120, pattern=_PRINTED)]
"""A number that means something to its sender only."""

Label = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTED)]

Code = Annotated[str, Meta(min_length=1, max_length=60, pattern=_PRINTED)]

Finess = Annotated[str, Meta(min_length=9, max_length=9, pattern=r"^[0-9A-Z]{9}$")]
"""Number of an establishment; its key is checked apart and only warns."""

Rpps = Annotated[str, Meta(min_length=11, max_length=11, pattern=r"^[0-9]{11}$")]
"""Number of a health professional in the national directory; never a name."""

Moment = Annotated[datetime, Meta(tz=True, description="With an offset from UTC")]

Kind = MovementKind | FurtherKind

Action = Literal["insert", "update", "cancel"]
"""IHE PAM, historic movement management (ZBE-4).

An update changes what it states of unit, class of stay, origin, destination and the time at which a return is
expected: `null` deletes, what is absent stays. A place is stated as a whole.
"""


WrittenBirthDate = Annotated[
    str,
    Meta(
        max_length=10,
        pattern=r"^[0-9]{4}(-(0[0-9]|1[0-2])(-([0-2][0-9]|3[01]))?)?$(?!\n)",
        description="1941-05-17, 1941-05, 1941 or, where month or day are unknown, 1941-00-00",
    ),
]
"""`birth_date` reads it."""


class Identifier(Struct, frozen=True, kw_only=True, gc=False):
    """A number of the person; it means nothing without the authority that gave it."""

    authority: Label
    value: SourceNumber
    type: Code | None = None
    """HL7 v2 table 0203: PI, INS, NH."""


class Traits(Struct, frozen=True, kw_only=True, gc=False):
    """The strict traits of identity (RNIV volet 1, 2.2), as far as they are known."""

    birth_name: Label | None = None
    given_names: Annotated[tuple[Label, ...], Meta(max_length=20)] = ()
    birth_date: WrittenBirthDate | None = None
    sex: Literal["female", "male", "unknown"] = "unknown"
    used_name: Label | None = None
    birth_place_code: Code | None = None
    """COG code of the commune or country."""


IdentityStatus = Literal["provisional", "retrieved", "validated", "qualified"]
"""How far an identity can be trusted (RNIV volet 1, 3.2.1; PID-32: PROV, VALI)."""

IdentityAttribute = Literal["homonym", "doubtful", "fictive"]
"""RNIV volet 1, 3.2.3; PID-32: HOMA, DOUT, FICT."""


class Person(Struct, frozen=True, kw_only=True, gc=False):
    """Who it is about; the first identifier is the one to trust."""

    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=20)]
    traits: Traits | None = None
    identity_status: IdentityStatus | None = None
    """Only a qualified INS means the same person in another establishment."""
    identity_attributes: Annotated[tuple[IdentityAttribute, ...], Meta(max_length=3)] = ()


class Responsibility(Struct, frozen=True, kw_only=True, gc=False):
    """Who answers for the person, apart from where they lie; what is left out goes on."""

    medical_unit: Code | None = None
    nursing_unit: Code | None = None
    attending_doctor: Rpps | None = None


class Origin(Struct, frozen=True, kw_only=True, gc=False):
    """Where the person comes from."""

    mode: Mode
    establishment: Finess | None = None


class Destination(Struct, frozen=True, kw_only=True, gc=False):
    """Where the person goes to."""

    mode: Mode
    establishment: Finess | None = None
    expected_at: Moment | None = None


class StatedMovement(Struct, frozen=True, kw_only=True, gc=False):
    """One movement: inserted, updated or cancelled under its `movement_id`."""

    source_event_id: SourceNumber
    movement_id: SourceNumber
    stay_id: SourceNumber
    action: Action
    kind: Kind
    person: Person
    establishment: Finess
    occurred_at: Moment
    """When it happened, in the ward."""
    emitted_at: Moment
    """When the source sent it."""
    unit: Code | None = None
    """Travels under its code where the establishment registered it; otherwise under an opaque one."""
    class_of_stay: ClassOfStay | None = None
    origin: Origin | None = None
    destination: Destination | None = None
    expected_at: Moment | None = None
    """Of a leave: when the person is expected back. Of a plan: when what is planned should happen."""
    responsibility: Responsibility | None = None
    """Of an admission, a transfer or a `change_of_responsibility`: who answers for the person since."""


class ParsedMovement(NamedTuple):
    """A movement as a door read it, with the body that states it, which is kept."""

    movement: StatedMovement
    body: bytes
    ignored: tuple[str, ...] = ()
    """JSON pointers to the details that could not be read and count as not stated."""
