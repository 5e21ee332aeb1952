"""Checks a stated movement for what contradicts itself and for what is merely doubtful.

Only what cannot be meant is left out, or refused where the fact needs it. Whatever could be true of a
person (a discharge before its admission, a date far ahead) is accepted and marked, because a refused fact is
a lost one. Each rule names the fields it needs, so that a body with other mistakes can still be checked
against it, and one answer names all the mistakes.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Final, Literal, NamedTuple, get_args

from msgspec import Meta, Struct

from services.admission.domain.authorities import INS, INS_TYPES, TEST
from services.admission.domain.identifiers import (
    NotAnInsError,
    is_ins,
    is_wrongly_keyed,
    normalised,
    normalised_authority,
    read_authority,
)
from services.admission.domain.movement import (
    Destination,
    Identifier,
    Kind,
    Moment,
    Origin,
    Responsibility,
    StatedMovement,
)
from shared.events.admission import PlannedKind, TrackedKind
from shared.stays.clocks import WARD_CLOCK_AHEAD

BILLING_NUMBER: Final = "NH"
"""Belongs to the insured, so a whole family may share it: never an identity (PAM.fr, CX-5)."""

NO_AUTHORITY_OF_INS: Final = "an INS has the authority 1.2.250.1.213.1.4.8 (NIR) or 1.2.250.1.213.1.4.9 (NIA)"

YEARS: Final = range(1900, 2200)

Mark = Literal[
    "future_time",
    "emitted_in_future",
    "implausible_time",
    "finess_key_invalid",
    "ins_key_invalid",
    "unit_unknown",
    "identity_conflict",
    "detail_ignored",
]
"""A doubt about an accepted movement, returned in its receipt.

`future_time`: it is dated ahead, so it is a plan until its hour. `implausible_time`: a moment that a program
fills in when it knows none, more than a year ahead, or before the person was born. `ins_key_invalid`: the INS
is another number than one with its right key, most likely by a typing error. `unit_unknown`: not registered.
"""

_WITHOUT_PLACES: Final = frozenset[str](
    {"leave", "return", "death", "change_of_responsibility", *get_args(TrackedKind)}
)
_RESPONSIBLE: Final = frozenset[str]({"admission", "transfer", "change_of_responsibility"})
_EXPECTING: Final = frozenset[str]({"leave", *get_args(PlannedKind)})
_FIRST_YEAR: Final = 1971
"""Before it lie the first moments of calendars and clocks (1900, 1970), and no stay that is still stated."""
_LAST_FILLERS: Final = frozenset({2099, 2199})
_FARTHEST_PLAN: Final = timedelta(days=366)
_A_DAY: Final = timedelta(days=1)

DEFAULT_TOLERANCE: Final = WARD_CLOCK_AHEAD
"""How far ahead of ours a source's clock may run."""

# Corsica: 2A and 2B count as 21 and 22 (holds for all 64 of them in SAE 2023).
_CORSICA: Final = str.maketrans("AB", "12")
_NINE: Final = 9
_INS_WITH_KEY: Final = 15
_INS_MODULUS: Final = 97


class Contradiction(NamedTuple):
    """A JSON pointer into the body, and what is wrong there."""

    pointer: str
    detail: str


class RouteFields(Struct, frozen=True):
    """The fields that say from where to where."""

    kind: Kind
    origin: Origin | None = None
    destination: Destination | None = None
    expected_at: Moment | None = None
    responsibility: Responsibility | None = None


class TimeFields(Struct, frozen=True):
    """The fields that say when it happened, and when it was sent."""

    occurred_at: Moment
    emitted_at: Moment


class PersonIdentifiers(Struct, frozen=True):
    """The identifiers of the person."""

    identifiers: Annotated[tuple[Identifier, ...], Meta(min_length=1)]


class PersonFields(Struct, frozen=True):
    """The fields that say whom it is about."""

    person: PersonIdentifiers


def refused_test_numbers(part: PersonFields | StatedMovement) -> Iterator[Contradiction]:
    """The numbers that are nobody's: to be refused where persons are real."""
    for place, identifier in enumerate(part.person.identifiers):
        if normalised_authority(identifier.authority) in TEST:
            yield Contradiction(
                f"/person/identifiers/{place}/authority",
                "numbers of tests and demonstrations are refused in production",
            )


def contradictions(movement: StatedMovement) -> list[Contradiction]:
    """Every contradiction between the fields of a movement, each of which is valid alone."""
    return [
        *_check_route(movement),
        *_check_times(movement),
        *check_person(movement),
        *_check_birth(movement),
    ]


def mark_movement(
    movement: StatedMovement, *, now: datetime, tolerance: timedelta, ignored: Collection[str] = ()
) -> tuple[Mark, ...]:
    """The marks that depend on the movement alone; `ignored`: pointers to what could not be read."""
    doubts = tuple(_marks(movement, now + tolerance))
    return (*doubts, "detail_ignored") if ignored else doubts


def order_of(emitted_at: datetime, *, latest: datetime) -> datetime | None:
    """What orders a statement in place of its emission, where that is later than its source's clock may show.

    Of two emissions that a clock ahead puts in order, both keep that order or come in that of their receipt.
    """
    return latest if emitted_at > latest else None


@lru_cache(maxsize=4096)  # a few thousand establishments send everything
def is_valid_finess(number: str) -> bool:
    """Whether the last of the nine characters is the Luhn key of the others."""
    digits = number.translate(_CORSICA)
    if not (digits.isascii() and digits.isdigit()):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - _NINE if value > _NINE else value for value in doubled) % 10 == 0


def _check_kind(part: RouteFields | StatedMovement) -> Iterator[Contradiction]:
    """What this kind of movement does not say."""
    yield from _check_expected(part)
    if part.responsibility is not None and part.kind not in _RESPONSIBLE:
        yield Contradiction("/responsibility", f"a {part.kind} says nothing of who answers for the person")
    if part.kind in _WITHOUT_PLACES:
        if part.origin is not None:
            yield Contradiction("/origin", f"a {part.kind} has no origin")
        if part.destination is not None:
            yield Contradiction("/destination", f"a {part.kind} has no destination")


def _check_route(part: RouteFields | StatedMovement) -> Iterator[Contradiction]:
    yield from _check_kind(part)
    if part.kind in _WITHOUT_PLACES:
        return
    if part.origin is not None:
        if part.kind in ("discharge", "planned_discharge"):
            yield Contradiction("/origin", "a discharge has a destination, not an origin")
        if part.origin.mode == "death":
            yield Contradiction("/origin/mode", "nobody enters by death")
    if part.destination is not None:
        if part.kind in ("admission", "planned_admission"):
            yield Contradiction("/destination", "an admission has an origin, not a destination")
        if part.destination.mode == "birth":
            yield Contradiction("/destination/mode", "nobody leaves by birth")
        if part.destination.mode == "death" and part.destination.establishment is not None:
            yield Contradiction("/destination/establishment", "after a death nobody is expected anywhere")
        if part.destination.mode == "death" and part.destination.expected_at is not None:
            yield Contradiction("/destination/expected_at", "after a death nobody is expected anywhere")


def _check_expected(part: RouteFields | StatedMovement) -> Iterator[Contradiction]:
    if part.expected_at is not None and part.kind not in _EXPECTING:
        yield Contradiction("/expected_at", "only a leave or a plan says when something is expected")
    for pointer, moment in (
        ("/expected_at", part.expected_at),
        ("/destination/expected_at", part.destination.expected_at if part.destination else None),
    ):
        if moment is not None and moment.year not in YEARS:
            yield Contradiction(pointer, "must be from 1900 to 2199")


def _check_times(part: TimeFields | StatedMovement) -> Iterator[Contradiction]:
    for name, moment in (("occurred_at", part.occurred_at), ("emitted_at", part.emitted_at)):
        if moment.year not in YEARS:
            yield Contradiction(f"/{name}", "must be from 1900 to 2199")


def _check_birth(movement: StatedMovement) -> Iterator[Contradiction]:
    born = (movement.person.traits and movement.person.traits.birth_date) or "1900"
    try:
        date.fromisoformat(f"{born}-01-01"[:10].replace("-00", "-01"))
    except ValueError:
        yield Contradiction("/person/traits/birth_date", "there is no such day")


def check_person(part: PersonFields | StatedMovement) -> Iterator[Contradiction]:
    """What is wrong with the numbers of a person."""
    if all(identifier.type == BILLING_NUMBER for identifier in part.person.identifiers):
        yield Contradiction(
            "/person/identifiers", "a billing number (NH) identifies nobody; another is needed"
        )
    for place, identifier in enumerate(part.person.identifiers):
        yield from check_identifier(identifier, f"/person/identifiers/{place}")


def check_identifier(identifier: Identifier, pointer: str) -> Iterator[Contradiction]:
    """What is wrong with a number that is, or is meant as, an INS."""
    authority = read_authority(identifier.authority)
    if authority.name in INS:
        try:
            normalised(identifier.authority, identifier.value)
        except NotAnInsError as error:
            yield Contradiction(f"{pointer}/value", str(error))
    elif not authority.is_readable or (identifier.type or "").upper() in INS_TYPES:
        yield Contradiction(f"{pointer}/authority", NO_AUTHORITY_OF_INS)


def has_wrong_ins_key(identifiers: Iterable[Identifier]) -> bool:
    """Whether any of them is an INS with the key of another one."""
    for each in identifiers:
        if each.type == BILLING_NUMBER or normalised_authority(each.authority) not in INS:
            continue
        value = each.value
        # As most senders write it: every movement comes by here.
        is_plain = len(value) == _INS_WITH_KEY and value.isdecimal()
        if is_plain and int(value[-2:]) == _INS_MODULUS - int(value[:-2]) % _INS_MODULUS:
            continue
        number = normalised(each.authority, value)
        if is_ins(number) and is_wrongly_keyed(number):
            return True
    return False


PARTIAL_CHECKS: Final[tuple[tuple[type[Struct], Callable[..., Iterator[Contradiction]]], ...]] = (
    (RouteFields, _check_route),
    (TimeFields, _check_times),
    (PersonFields, check_person),
)
"""The part of a movement that each rule needs, and the rule: for a body that is not valid as a whole."""


def _marks(movement: StatedMovement, latest: datetime) -> Iterator[Mark]:
    if movement.occurred_at > latest:
        yield "future_time"
    if movement.emitted_at > latest:
        yield "emitted_in_future"
    if _is_implausible(movement, latest):
        yield "implausible_time"
    places = (movement, movement.origin, movement.destination)
    if not all(is_valid_finess(each.establishment) for each in places if each and each.establishment):
        yield "finess_key_invalid"
    if has_wrong_ins_key(movement.person.identifiers):
        yield "ins_key_invalid"


def _is_implausible(movement: StatedMovement, latest: datetime) -> bool:
    for moment in (movement.occurred_at, movement.emitted_at):
        if moment.year < _FIRST_YEAR or moment.year in _LAST_FILLERS:
            return True
    if movement.occurred_at > latest + _FARTHEST_PLAN:
        return True
    traits = movement.person.traits
    return (
        traits is not None and traits.birth_date is not None and _is_born_after(traits.birth_date, movement)
    )


def _is_born_after(written: str, movement: StatedMovement) -> bool:
    """Whether the person was born after it happened; an unknown month or day proves nothing."""
    born = written.replace("-00", "")
    # By a day at least: the ward and the registry may write the day of two time zones.
    return (movement.occurred_at + _A_DAY).date().isoformat()[: len(born)] < born
